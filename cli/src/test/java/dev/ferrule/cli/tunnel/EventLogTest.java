package dev.ferrule.cli.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ferrule.cli.tunnel.EventLog.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  @TempDir private Path folder;
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);

  private EventLog log(Format format, int perSecond, EventLog.Sink sink) {
    return new EventLog(format, perSecond, now::get, sink, told::add);
  }

  @Test
  void a_line_of_text_has_the_time_the_event_and_its_fields() {
    try (EventLog log = log(Format.text, 10, lines::add)) {
      log.note("end", "peer", "10.0.0.1:5", "why", "it is \"over\"", "sni", null, "in", 7);
    }
    assertThat(lines)
        .containsExactly("2026-01-02T12:00:00Z end peer=10.0.0.1:5 why=\"it is 'over'\" in=7");
  }

  @Test
  void a_line_of_JSON_is_one_object_whatever_a_peer_has_sent() throws Exception {
    String hostile = "\u202E\n\"}{\\ \u0000" + "x".repeat(10_000);
    try (EventLog log = log(Format.json, 10, lines::add)) {
      log.note("open", "sni", hostile, "resumed", false, "in", 7L);
    }
    assertThat(lines).hasSize(1);
    JsonNode line = new ObjectMapper().readTree(lines.getFirst());
    assertThat(line.get("event").asText()).isEqualTo("open");
    assertThat(line.get("in").asLong()).isEqualTo(7);
    assertThat(line.get("resumed").isBoolean()).isTrue();
    assertThat(line.get("sni").asText()).hasSizeLessThan(300).doesNotContain("\n", "\u202E");
  }

  @Test
  void lines_about_connections_have_a_budget_and_others_have_none() {
    try (EventLog log = log(Format.text, 2, lines::add)) {
      for (int i = 0; i < 100; i++) {
        log.note("open", "n", i);
      }
      log.tell("stopping");
      now.set(NOON.plusSeconds(1));
      log.note("open", "n", "later");
      assertThat(log.dropped()).isEqualTo(80);
    }
    assertThat(lines).hasSize(20 + 1 + 2);
    assertThat(lines.get(20)).endsWith("stopping");
    assertThat(lines.get(21)).endsWith("left-out lines=80");
    assertThat(lines.get(22)).endsWith("open n=later");
  }

  @Test
  void a_disk_that_is_full_is_told_once_and_the_log_goes_on_when_it_has_room() throws Exception {
    boolean[] full = {true};
    EventLog.Sink sink =
        line -> {
          if (full[0]) {
            throw new IOException("No space left on device");
          }
          lines.add(line);
        };
    CountDownLatch written = new CountDownLatch(2);
    EventLog.Sink counted =
        line -> {
          written.countDown();
          sink.write(line);
        };
    try (EventLog log = log(Format.text, 10, counted)) {
      log.tell("one");
      log.tell("two");
      written.await();
      full[0] = false;
      log.tell("three");
      log.tell("four");
    }
    assertThat(told)
        .containsExactly("the log takes no more, and lines are lost: No space left on device");
    assertThat(lines.getLast()).endsWith("four");
  }

  @Test
  void a_sink_that_hangs_holds_nobody_up() {
    CountDownLatch never = new CountDownLatch(1);
    EventLog.Sink hanging =
        line -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    EventLog log = log(Format.text, 10, hanging);
    for (int i = 0; i < 10_000; i++) {
      log.tell("event", "n", i);
    }
    assertThat(log.dropped()).isGreaterThan(5_000);
    never.countDown();
    log.close();
  }

  @Test
  void a_file_past_its_size_becomes_another_and_no_line_is_lost() throws Exception {
    Path file = folder.resolve("tunnel.log");
    LogFile sink = new LogFile(file, 1000);
    for (int i = 0; i < 60; i++) {
      sink.write("%024d".formatted(i));
    }
    List<String> all = new ArrayList<>(Files.readAllLines(folder.resolve("tunnel.log.1")));
    all.addAll(Files.readAllLines(file));
    assertThat(all).hasSize(60).isSorted();
    assertThat(Files.size(file)).isLessThanOrEqualTo(1000);
  }

  @Test
  void a_file_that_was_moved_away_is_made_anew_when_it_is_opened_again() throws Exception {
    Path file = folder.resolve("tunnel.log");
    LogFile sink = new LogFile(file, 1000);
    sink.write("one");
    Files.move(file, folder.resolve("moved"));
    sink.write("two");
    sink.reopen();
    sink.write("three");
    assertThat(folder.resolve("moved")).hasContent("one\ntwo\n");
    assertThat(file).hasContent("three\n");
  }
}
