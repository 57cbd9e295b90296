package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code connect} does when standard input has ended and the peer has not answered yet. */
@Timeout(60)
class EndOfInputTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final Issued SERVER = CA.issue("localhost", "127.0.0.1");
  private static final int SILENCE = 300; // milliseconds in which an early end would come
  private static final int LONGEST = 10_000; // milliseconds

  @TempDir private static Path folder;
  private static String ca;

  @BeforeAll
  static void writeCa() throws IOException {
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
  }

  /** Answers a line unless the client ends before the answer, as most servers do. */
  private static void answerWhoWaits(Socket socket) throws IOException {
    answerUnlessEnded(socket, SILENCE);
  }

  private static void answerUnlessEnded(Socket socket, int patience) throws IOException {
    InputStream in = socket.getInputStream();
    in.readNBytes("question".length());
    socket.setSoTimeout(patience);
    try {
      if (in.read() < 0) {
        return;
      }
    } catch (SocketTimeoutException e) {
      socket.getOutputStream().write("answer".getBytes(US_ASCII));
    }
    socket.close();
  }

  /** Answers at the end of the input only. */
  private static void answerWhoEnds(Socket socket) throws IOException {
    byte[] heard = socket.getInputStream().readAllBytes();
    socket.getOutputStream().write(heard);
    socket.close();
  }

  private static Tool.Result ask(String protocol, ScriptedServer.Script script, String... more)
      throws IOException {
    boolean plain = protocol.equals("plain");
    try (ScriptedServer server =
        plain ? ScriptedServer.plain(script) : ScriptedServer.ssl(SERVER, script)) {
      List<String> arguments = new ArrayList<>(List.of("connect", server.address(), "-q"));
      arguments.addAll(
          plain ? List.of("--plain") : List.of("--ca", ca, "--max-protocol", protocol));
      arguments.addAll(List.of(more));
      return Tool.runWith("question", arguments.toArray(String[]::new));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2", "plain"})
  void a_server_that_drops_its_answer_at_the_clients_end_is_heard(String protocol)
      throws IOException {
    Tool.Result result = ask(protocol, EndOfInputTest::answerWhoWaits);
    assertThat(result).isEqualTo(new Tool.Result(0, "answer", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2", "plain"})
  void without_a_shutdown_it_waits_for_the_peers_end(String protocol) throws IOException {
    Tool.Result result = ask(protocol, EndOfInputTest::answerWhoWaits, "--no-shutdown");
    assertThat(result).isEqualTo(new Tool.Result(0, "answer", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "plain"})
  void a_server_that_waits_for_the_clients_end_hears_it_after_the_quiet_time(String protocol)
      throws IOException {
    Tool.Result result = ask(protocol, EndOfInputTest::answerWhoEnds, "--shutdown-after", "50ms");
    assertThat(result).isEqualTo(new Tool.Result(0, "question", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2", "plain"})
  void at_once_means_before_the_answer(String protocol) throws IOException {
    ScriptedServer.Script dropping = socket -> answerUnlessEnded(socket, LONGEST);
    Tool.Result result = ask(protocol, dropping, "--shutdown-after", "0s");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void an_empty_input_ends_this_side_too() throws IOException {
    try (var server = ScriptedServer.ssl(SERVER, EndOfInputTest::answerWhoEnds)) {
      Tool.Result result =
          Tool.run("connect", server.address(), "-q", "--ca", ca, "--shutdown-after", "1ms");
      assertThat(result).isEqualTo(new Tool.Result(0, "", ""));
    }
  }

  @Test
  void megabytes_go_out_before_the_quiet_time_begins() throws IOException {
    String input = "x".repeat(4 * 1024 * 1024);
    try (var server = ScriptedServer.ssl(SERVER, EndOfInputTest::answerWhoEnds)) {
      Tool.Result result =
          Tool.runWith(
              input, "connect", server.address(), "-q", "--ca", ca, "--shutdown-after", "5ms");
      assertThat(result.status()).isZero();
      assertThat(result.out().getBytes(UTF_8)).hasSize(input.length());
    }
  }
}
