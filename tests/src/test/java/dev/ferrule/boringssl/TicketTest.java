package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tickets of TLS 1.3 go out with the end of the handshake. If they waited for the server's first
 * data, a client that sends at once and without TCP_NODELAY would be held up by delayed
 * acknowledgements (40 ms), and one that only listens would get none.
 */
@Tag("once")
class TicketTest {
  /** Prints the tickets seen without a word from the server, and the shortest of 20 round trips. */
  private static final String CLIENT =
      """
      import socket, ssl, sys, time
      port, trust = int(sys.argv[1]), sys.argv[2]
      context = ssl.create_default_context(cafile=trust)
      context.minimum_version = ssl.TLSVersion.TLSv1_3

      def connect():
          plain = socket.create_connection(("127.0.0.1", port), 10)
          return context.wrap_socket(plain, server_hostname="localhost")

      silent = connect()
      silent.settimeout(0.01)
      end = time.monotonic() + 10
      while not silent.session.has_ticket and time.monotonic() < end:
          try:
              silent.recv(1)
          except TimeoutError:
              pass
      print("ticket" if silent.session.has_ticket else "none")
      silent.close()

      best = 1.0
      for _ in range(20):
          secure = connect()
          start = time.monotonic()
          secure.sendall(b"first")
          secure.recv(1)
          best = min(best, time.monotonic() - start)
          secure.close()
      print(int(best * 1000))
      """;

  @Test
  void a_client_that_sends_at_once_waits_for_nobody_and_one_that_listens_has_its_ticket(
      @TempDir Path folder) throws IOException {
    assumeTrue(exists("python3"), "python3 is not installed here");
    Path trust = Files.writeString(folder.resolve("trust.pem"), Handshaken.CA.pem());
    Path script = Files.writeString(folder.resolve("client.py"), CLIENT);
    String[] said = new String[1];
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .provider("boringssl")
              .credentials(Handshaken.LOCAL)
              .onRead((socket, data) -> {
                data.position(data.limit());
                socket.write("answer");
              })
              .onEvent(event -> {})
              .open();
      Thread.ofVirtual()
          .start(() -> {
            said[0] = run(script, server.port(), trust);
            loop.execute(server::close);
          });
    });
    List<String> lines = said[0].lines().toList();
    assertThat(lines).as(said[0]).hasSize(2);
    assertThat(lines.get(0)).isEqualTo("ticket");
    assertThat(Integer.parseInt(lines.get(1))).as("milliseconds").isLessThan(20);
  }

  private static String run(Path script, int port, Path trust) {
    try {
      Process process =
          new ProcessBuilder("python3", script.toString(), Integer.toString(port), trust.toString())
              .redirectErrorStream(true)
              .start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static boolean exists(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
