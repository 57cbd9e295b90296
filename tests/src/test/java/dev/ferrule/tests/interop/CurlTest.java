package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** curl gets a page from a tiny responder on Ferrule. */
class CurlTest {
  private static final String PAGE = "ferrule\n".repeat(20_000);

  @ParameterizedTest
  @CsvSource({
    "TLSv1.2,EC_P256", "TLSv1.2,RSA_2048", "TLSv1.2,ED25519",
    "TLSv1.3,EC_P256", "TLSv1.3,RSA_2048", "TLSv1.3,ED25519"
  })
  void curl_gets_the_whole_page_twice_on_one_connection(String protocol, KeyType key) {
    assumeTrue(Program.exists("curl"), "curl is not installed here");
    try (Background loop = new Background()) {
      SslServer server =
          loop.call(eventLoop ->
              Ends.server(eventLoop)
                  .credentials(Pki.server(key).credentials())
                  .alpn("http/1.1")
                  .onRead(CurlTest::respond)
                  .onEvent(event -> {})
                  .open());
      try (Program curl = Program.start(command(protocol.substring(4), server.port()))) {
        assertThat(curl.output()).isEqualTo(PAGE + "connects: 1\n" + PAGE + "connects: 0");
        assertThat(curl.exitCode()).isZero();
      }
    }
  }

  private static List<String> command(String version, int port) {
    String url = "https://localhost:" + port + "/";
    return List.of(
        "curl",
        "--silent",
        "--show-error",
        "--noproxy",
        "*",
        "--http1.1",
        "--resolve",
        "localhost:" + port + ":127.0.0.1",
        "--cacert",
        Pki.trustFile().toString(),
        "--tlsv" + version,
        "--tls-max",
        version,
        "--max-time",
        "20",
        "--write-out",
        "connects: %{num_connects}\\n",
        url,
        url);
  }

  private static void respond(SslSocket socket, ByteBuffer request) {
    String text = UTF_8.decode(request).toString();
    assertThat(text).startsWith("GET / HTTP/1.1\r\n").endsWith("\r\n\r\n");
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: " + PAGE.length() + "\r\n\r\n");
    socket.write(PAGE);
  }
}
