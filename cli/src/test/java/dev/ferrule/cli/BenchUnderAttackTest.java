package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench} against targets that do not do what it is there for. */
@Timeout(120)
class BenchUnderAttackTest {
  private static final int MESSAGE = 64;

  @TempDir private static Path folder;

  private static Tool.Result bench(String to, String... more) {
    List<String> all = new ArrayList<>(List.of("bench", to, "--plain"));
    all.addAll(List.of("--warmup", "0", "--connections", "4"));
    all.addAll(List.of(more));
    if (!all.contains("--seconds")) {
      all.addAll(List.of("--seconds", "1"));
    }
    return Tool.run(all.toArray(String[]::new));
  }

  private static JsonNode total(Tool.Result result) throws IOException {
    return new ObjectMapper().readTree(result.out()).at("/targets/0/total");
  }

  private static long failures(JsonNode total, String code) {
    for (JsonNode each : total.get("failures")) {
      if (each.get("code").asText().equals(code)) {
        return each.get("count").asLong();
      }
    }
    return 0;
  }

  /** What a target does with one message. */
  @FunctionalInterface
  private interface Answer {
    void give(Socket socket, byte[] message) throws IOException;
  }

  private static PlainTarget answering(Answer answer) throws IOException {
    return PlainTarget.of(socket -> {
      InputStream in = socket.getInputStream();
      byte[] message = in.readNBytes(MESSAGE);
      while (message.length == MESSAGE) {
        answer.give(socket, message);
        message = in.readNBytes(MESSAGE);
      }
    });
  }

  /** Waits on a thread of a target, which is what it shall do. */
  private static void pause(long millis) {
    try {
      assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_target_that_refuses_is_4_at_once_with_one_line() throws IOException {
    Tool.Result result = bench(PlainTarget.nobody(), "--seconds", "3600");
    assertThat(result.status()).isEqualTo(4);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).contains("refused the connection");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void a_host_that_is_none_is_4() {
    Tool.Result result = bench("no-such-host.invalid:1");
    assertThat(result.status()).isEqualTo(4);
    assertThat(result.err()).contains("no-such-host.invalid");
  }

  @Test
  void a_target_that_takes_connections_and_shakes_no_hands_is_2_after_the_time_of_a_handshake()
      throws IOException {
    try (PlainTarget silent = answering((socket, message) -> {})) {
      Tool.Result result =
          Tool.run("bench", silent.address(), "--insecure", "--timeout", "0.3", "--mode", "full");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains("handshake was not done within 0.3 s");
      assertThat(result.err().lines()).hasSize(1);
    }
  }

  @Test
  void a_target_that_speaks_no_TLS_is_2() throws IOException {
    try (PlainTarget plain = PlainTarget.named("220 mail.example.com ESMTP\r\n")) {
      Tool.Result result = Tool.run("bench", plain.address(), "--insecure");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains("SMTP");
    }
  }

  @Test
  void an_idle_connection_that_the_target_ends_is_lost_and_not_opened_again() throws IOException {
    AtomicInteger accepted = new AtomicInteger();
    try (PlainTarget target =
        PlainTarget.of(socket -> {
          if (accepted.incrementAndGet() == 3) {
            pause(200); // and its end
          } else {
            socket.getInputStream().readAllBytes();
          }
        })) {
      Tool.Result result =
          Tool.run(
              "bench", target.address(), "--plain", "--mode=idle", "-c4", "--seconds=1", "--json");
      assertThat(result.status()).isEqualTo(1);
      assertThat(total(result).at("/connections/opened").asInt()).isEqualTo(4);
      assertThat(total(result).at("/connections/lost").asInt()).isEqualTo(1);
      assertThat(total(result).at("/connections/open").asInt()).isEqualTo(3);
      assertThat(accepted).hasValue(5); // the first one is before the load
    }
  }

  @Test
  void a_target_that_stops_in_the_middle_is_told_with_the_count_and_tried_again_at_times()
      throws IOException {
    AtomicInteger answered = new AtomicInteger();
    AtomicReference<PlainTarget> self = new AtomicReference<>();
    try (PlainTarget target =
        answering((socket, message) -> {
          if (answered.incrementAndGet() > 100) {
            self.get().close(); // nobody listens any more
            socket.close();
          }
          socket.getOutputStream().write(message);
        })) {
      self.set(target);
      Tool.Result result = bench(target.address(), "--json");
      JsonNode total = total(result);
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err())
          .containsPattern("\\d+ of its connections or operations failed: .*\\d+ ECONNREFUSED");
      assertThat(total.at("/operations/done").asLong()).isBetween(50L, 100L);
      assertThat(total.at("/connections/lost").asLong()).isEqualTo(4);
      assertThat(failures(total, "ECONNREFUSED")).isBetween(4L, 4L * 12);
      assertThat(total.at("/connections/open").asLong()).isZero();
    }
  }

  @Test
  void a_target_that_accepts_and_ends_at_once_is_not_asked_without_a_pause() throws IOException {
    try (PlainTarget target = PlainTarget.of(socket -> {})) {
      Tool.Result result = bench(target.address(), "--json");
      assertThat(result.status()).isEqualTo(1);
      long failed = 0;
      for (JsonNode each : total(result).get("failures")) {
        failed += each.get("count").asLong();
      }
      assertThat(failed).isBetween(4L, 4L * 12);
    }
  }

  @Test
  void a_target_that_never_answers_is_1_and_says_so() throws IOException {
    try (PlainTarget target = answering((socket, message) -> {})) {
      Tool.Result result = bench(target.address());
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err()).contains("answered nothing in 1.", "does it send back");
    }
  }

  @Test
  void an_answer_that_does_not_come_in_time_is_a_failure_and_the_connection_is_opened_anew()
      throws IOException {
    AtomicInteger asked = new AtomicInteger();
    try (PlainTarget target =
        answering((socket, message) -> {
          if (asked.incrementAndGet() > 4) {
            socket.getOutputStream().write(message);
          }
        })) {
      Tool.Result result = bench(target.address(), "--json", "--timeout", "0.5", "--seconds", "2");
      assertThat(failures(total(result), "TIMEOUT")).isGreaterThanOrEqualTo(4);
      assertThat(total(result).at("/operations/failed").asLong()).isGreaterThanOrEqualTo(4);
      assertThat(total(result).at("/operations/done").asLong()).isPositive();
      assertThat(result.status()).isEqualTo(1);
    }
  }

  @Test
  void other_bytes_than_were_sent_are_a_failure() throws IOException {
    try (PlainTarget target =
        answering((socket, message) -> {
          message[MESSAGE - 1] ^= 1;
          socket.getOutputStream().write(message);
        })) {
      Tool.Result result = bench(target.address());
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err()).contains("WRONG_ANSWER");
    }
  }

  @Test
  void more_bytes_than_were_sent_are_a_failure() throws IOException {
    try (PlainTarget target =
        answering((socket, message) -> {
          socket.getOutputStream().write(message);
          socket.getOutputStream().write("more".getBytes(UTF_8));
        })) {
      assertThat(bench(target.address()).err()).contains("WRONG_ANSWER");
    }
  }

  @Test
  void source_and_sink_say_when_nothing_moves() throws IOException {
    try (PlainTarget silent = answering((socket, message) -> {})) {
      Tool.Result result = bench(silent.address(), "--mode", "source", "--seconds", "0.3");
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err()).contains("does it send by itself");
    }
  }

  @Test
  void a_sink_that_reads_nothing_is_sent_what_buffers_hold_and_no_more() throws IOException {
    try (PlainTarget lazy = PlainTarget.of(socket -> pause(3_000))) {
      Tool.Result result = bench(lazy.address(), "--mode", "sink", "--json");
      assertThat(result.status()).isZero();
      assertThat(total(result).at("/bytes/sent").asLong()).isBetween(1L, 4L * 16 * 1024 * 1024);
    }
  }

  @Test
  void what_a_sink_sent_before_its_connection_was_lost_is_counted() throws IOException {
    int least = 300_000;
    try (PlainTarget target =
        PlainTarget.of(socket -> {
          socket.getInputStream().readNBytes(least);
        })) {
      Tool.Result result = bench(target.address(), "--mode", "sink", "--json", "--seconds", "0.8");
      assertThat(result.status()).isEqualTo(1);
      long lost = total(result).at("/connections/lost").asLong();
      assertThat(lost).isPositive();
      assertThat(total(result).at("/bytes/sent").asLong()).isGreaterThanOrEqualTo(lost * least);
    }
  }

  // ---- the open loop

  /** Echoes over all connections, and stands still once for half a second. */
  private static PlainTarget pausing() throws IOException {
    AtomicInteger messages = new AtomicInteger();
    Object all = new Object();
    return answering((socket, message) -> {
      synchronized (all) {
        if (messages.incrementAndGet() == 50) {
          pause(500);
        }
      }
      socket.getOutputStream().write(message);
    });
  }

  @Test
  void a_pause_of_the_target_is_in_the_latency_of_an_open_loop_and_hidden_by_a_closed_one()
      throws IOException {
    try (PlainTarget target = pausing();
        PlainTarget same = pausing()) {
      JsonNode open = total(bench(target.address(), "--json", "--rate", "200"));
      JsonNode closed = total(bench(same.address(), "--json"));
      // Half of the second the target stood still: what was due then has waited.
      assertThat(open.at("/latency_us/p90").asDouble()).isGreaterThan(200_000);
      assertThat(open.at("/rate/late").asLong()).isGreaterThan(20);
      assertThat(closed.at("/latency_us/p90").asDouble()).isLessThan(200_000);
    }
  }

  @Test
  void a_rate_that_cannot_be_reached_is_told_and_every_operation_is_accounted_for()
      throws IOException {
    try (PlainTarget slow =
        answering((socket, message) -> {
          pause(20);
          socket.getOutputStream().write(message);
        })) {
      Tool.Result result = bench(slow.address(), "--json", "--rate", "50000");
      assertThat(result.status()).isZero();
      assertThat(result.err())
          .containsPattern(
              "rate not reached: asked 50,000/s, got [0-9.,]+/s, [0-9,]+ late, [0-9,]+ unsent");
      JsonNode total = total(result);
      assertThat(total.at("/rate/reached").asBoolean()).isFalse();
      assertThat(total.at("/rate/unsent").asLong()).isGreaterThan(40_000);
      long told =
          total.at("/operations/done").asLong()
              + total.at("/operations/failed").asLong()
              + total.at("/operations/unanswered").asLong()
              + total.at("/rate/unsent").asLong();
      assertThat(told).isEqualTo(total.at("/rate/asked").asLong());
      // What never began has waited as well: half a second in the mean.
      assertThat(total.at("/latency_us/p50").asDouble()).isGreaterThan(300_000);
    }
  }

  // ---- the process

  @Test
  @DisabledOnOs(OS.WINDOWS) // which has no such limit
  void more_connections_than_descriptors_are_refused_with_the_limit() throws Exception {
    List<String> limited = List.of("sh", "-c", "ulimit -n 64 && exec \"$@\"", "sh");
    String[] bench = {"bench", "127.0.0.1:1", "--plain", "-c", "200", "--mode", "idle"};
    try (RunningTool tool = RunningTool.startFromJars(folder, limited, bench)) {
      assertThat(tool.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(tool.process().exitValue()).as(tool.err()).isEqualTo(64);
      assertThat(tool.err()).contains("--connections 200", "64 (ulimit -n)");
      assertThat(tool.err().lines()).hasSize(1);
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // which has no such signal
  void an_interrupt_ends_it_with_130_and_what_was_measured_until_then() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/python3")),
        "python3 is not installed here, by which a command hears interrupts");
    CountDownLatch under = new CountDownLatch(200);
    try (PlainTarget target =
            answering((socket, message) -> {
              under.countDown();
              socket.getOutputStream().write(message);
            });
        RunningTool tool =
            RunningTool.start(
                folder,
                RunningTool.HEARING_INTERRUPTS,
                "bench",
                target.address(),
                "--plain",
                "--warmup",
                "0",
                "--seconds",
                "3600")) {
      assertThat(under.await(60, TimeUnit.SECONDS)).isTrue();
      String id = String.valueOf(tool.process().pid());
      assertThat(new ProcessBuilder("kill", "-INT", id).start().waitFor()).isZero();
      assertThat(tool.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(tool.process().exitValue()).isEqualTo(130);
      List<String> lines = new ArrayList<>();
      for (String line = tool.line(); line != null; line = tool.line()) {
        lines.add(line);
      }
      assertThat(lines).anyMatch(line -> line.matches("done +[0-9,]{3,} echoes, .*"));
      assertThat(tool.err()).contains("interrupted");
    }
  }
}
