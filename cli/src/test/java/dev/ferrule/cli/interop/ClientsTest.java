package dev.ferrule.cli.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The TLS of other languages as clients: each verifies, says a line and reads the answer's end. */
@Tag("interop")
class ClientsTest {
  @TempDir private Path folder;

  private static void answer(ServerSocket listener) {
    try (Socket socket = listener.accept()) {
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      String answer = "heard " + in.readLine() + "\n";
      socket.getOutputStream().write(answer.getBytes(UTF_8));
    } catch (IOException e) {
      // The client sees no answer, and the test says so.
    }
  }

  private static String[] command(Site site, String language, int port) throws IOException {
    return switch (language) {
      case "python3" -> {
        String script =
            """
            import socket, ssl, sys
            context = ssl.create_default_context(cafile=sys.argv[1])
            plain = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
            with context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False) as s:
                s.sendall(b"hello\\n")
                while data := s.recv(100):
                    sys.stdout.write(data.decode())
            """;
        yield new String[] {
          Program.installed("python3"), site.write("client.py", script), site.ca(), "" + port
        };
      }
      case "node" -> {
        String script =
            """
            const [ca, port] = process.argv.slice(2);
            const options = {ca: require('fs').readFileSync(ca), host: '127.0.0.1', port, servername: 'localhost'};
            const s = require('tls').connect(options, () => s.write('hello\\n'));
            s.on('data', data => process.stdout.write(data));
            """;
        yield new String[] {
          Program.installed("node"), site.write("client.js", script), site.ca(), "" + port
        };
      }
      case "openssl" -> {
        String script =
            "echo hello | \"$1\" s_client -quiet -verify_quiet -verify_return_error"
                + " -verify_hostname localhost -CAfile \"$2\" -connect 127.0.0.1:\"$3\"";
        String openssl = Program.installed("openssl");
        yield new String[] {"sh", "-c", script, "sh", openssl, site.ca(), "" + port};
      }
      default -> {
        String script =
            """
            package main
            import ("crypto/tls"; "crypto/x509"; "io"; "os")
            func main() {
              pem, _ := os.ReadFile(os.Args[1])
              roots := x509.NewCertPool()
              roots.AppendCertsFromPEM(pem)
              c, err := tls.Dial("tcp", "127.0.0.1:"+os.Args[2], &tls.Config{RootCAs: roots, ServerName: "localhost"})
              if err != nil { panic(err) }
              c.Write([]byte("hello\\n"))
              if _, err = io.Copy(os.Stdout, c); err != nil { panic(err) }
            }
            """;
        yield new String[] {
          Program.installed("go"), "run", site.write("client.go", script), site.ca(), "" + port
        };
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"python3", "node", "openssl", "go"})
  void clients_of_other_languages_verify_and_are_answered(String language) throws Exception {
    try (Site site = new Site(folder);
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Program.installed(language);
      Thread.ofPlatform().daemon().start(() -> answer(listener));
      int tunnel = site.serverTunnel(listener.getLocalPort());
      assertThat(site.run(command(site, language, tunnel))).endsWith("heard hello\n");
      Site.done(language + ": verified the tunnel and was answered");
    }
  }
}
