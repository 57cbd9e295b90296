package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
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
