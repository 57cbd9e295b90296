package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The further connections of {@code connect --again}. */
@Timeout(60)
class AgainTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final Issued PINNED = CA.issue("localhost", "127.0.0.1");
  private static final Issued OTHER = CA.issue("localhost", "127.0.0.1");

  @TempDir Path folder;

  @Test
  void a_pinned_certificate_is_asked_for_each_time() throws IOException {
    String pin = Fingerprint.of(PINNED.certificate()).toString();
    try (var listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> serve(listener));
      String address = "127.0.0.1:" + listener.getLocalPort();
      Tool.Result result = Tool.run("connect", address, "--pin", pin, "--again", "1");
      assertThat(result.status()).as(result.err()).isEqualTo(2);
      assertThat(result.err()).contains("not the pinned one: its SHA-256 is");
    }
  }

  @Test
  void a_session_with_the_pinned_certificate_is_resumed() throws Exception {
    try (RunningTool server = RunningTool.serve(folder, "--mode", "line")) {
      String address = server.address();
      String pin = server.pin();
      Tool.Result result =
          Tool.runWith("", "connect", address, "--pin", pin, "--again", "1", "--shutdown-after=0s");
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(result.err()).contains("again 1: resumed");
    }
  }

  @Test
  void a_session_behind_STARTTLS_is_resumed() throws Exception {
    try (RunningTool server = RunningTool.serve(folder, "--mode", "line", "--starttls", "smtp")) {
      String address = server.address();
      String[] options = {"--starttls", "smtp", "--pin", server.pin(), "--resume"};
      Tool.Result result =
          Tool.runWith("", words("connect", address, "--shutdown-after=0s", options));
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(result.err()).contains("again 1: resumed", "again 2: resumed");
    }
  }

  @Test
  void a_further_connection_that_is_refused_STARTTLS_is_told() throws Exception {
    try (var listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> agreeOnce(listener));
      String address = "127.0.0.1:" + listener.getLocalPort();
      Tool.Result result =
          Tool.run("connect", address, "--starttls", "postgres", "--insecure", "--again", "1");
      assertThat(result.err()).contains("STARTTLS: ").doesNotContain("again 1");
      assertThat(result.status()).isEqualTo(Exit.TLS);
    }
  }

  private static String[] words(String first, String second, String third, String... more) {
    List<String> all = new ArrayList<>(List.of(first, second, third));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** PostgreSQL's answer to an SSLRequest: one byte. */
  private static void agreeOnce(ServerSocket listener) {
    for (char answer : new char[] {'S', 'N'}) {
      try (Socket plain = listener.accept()) {
        plain.getInputStream().readNBytes(8);
        plain.getOutputStream().write(answer);
        if (answer == 'S') {
          ScriptedServer.secure(plain, PINNED).close();
        }
      } catch (IOException e) {
        return; // the client has left
      }
    }
  }

  /** The first connection reaches the one that is pinned, the second another. */
  private static void serve(ServerSocket listener) {
    for (Issued shown : List.of(PINNED, OTHER)) {
      try (Socket plain = listener.accept()) {
        ScriptedServer.secure(plain, shown).close();
      } catch (IOException e) {
        return; // the client has left
      }
    }
  }
}
