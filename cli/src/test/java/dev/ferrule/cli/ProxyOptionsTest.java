package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code connect --proxy}, with a proxy that is the server as well. */
@Timeout(60)
class ProxyOptionsTest {
  private static final Issued SERVER = ThrowawayCa.create().issue("host.example");

  @Test
  void the_host_is_the_proxys_to_find_and_ssl_goes_through() throws IOException {
    try (ScriptedServer proxy =
        ScriptedServer.plain(socket -> {
          String request = heard(socket);
          assertThat(request).startsWith("CONNECT host.example:443 HTTP/1.1\r\n");
          assertThat(request).contains("\r\nProxy-Authorization: Basic YW5uOnM=\r\n");
          socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
          ScriptedServer.secure(socket, SERVER).close();
        })) {
      Tool.Result result =
          Tool.run(
              "connect", "host.example:443", "--insecure", "--proxy", url(proxy, "http://ann:s@"));
      assertThat(result.status()).as(result.err()).isZero();
    }
  }

  @Test
  void a_refusal_is_told_in_one_line_and_as_not_connected() throws IOException {
    try (ScriptedServer proxy =
        ScriptedServer.plain(socket -> {
          assertThat(heard(socket)).isNotEmpty();
          socket.getOutputStream().write("HTTP/1.1 403 No\r\n\r\n".getBytes(ISO_8859_1));
        })) {
      Tool.Result result =
          Tool.run("connect", "host.example:443", "--proxy", url(proxy, "http://ann:s3cret@"));
      assertThat(result.status()).as(result.err()).isEqualTo(4);
      assertThat(result.err()).contains("did not connect to host.example:443: 403 No");
      assertThat(result.err()).doesNotContain("s3cret");
    }
  }

  private static String url(ScriptedServer proxy, String begin) {
    return begin + proxy.address();
  }

  /** The request, up to its empty line. */
  private static String heard(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder request = new StringBuilder();
    for (int b; request.indexOf("\r\n\r\n") < 0 && (b = in.read()) >= 0; ) {
      request.append((char) b);
    }
    return request.toString();
  }
}
