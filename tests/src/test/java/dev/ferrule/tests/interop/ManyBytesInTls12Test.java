package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many bytes both ways at once over TLS 1.2, whose records are always those of the library. */
@Tag("once")
class ManyBytesInTls12Test {
  private static final long SIZE = 64 * 1024 * 1024;

  @ParameterizedTest
  @CsvSource({"openssl, openssl", "openssl, boringssl", "boringssl, openssl"})
  void sixty_four_mebibytes_come_each_way_as_they_were_sent(String client, String server) {
    Assumptions.assumeTrue(
        SslContext.providers().stream()
            .noneMatch(each -> each.name().equals("openssl") && each.unavailable() != null),
        "there is no OpenSSL");
    Torrent up = new Torrent(SIZE, 1);
    Torrent down = new Torrent(SIZE, 2);
    Loops.run(loop -> {
      var listening =
          Ssl.server(loop, "127.0.0.1", 0)
              .provider(server)
              .credentials(Pki.LOCAL)
              .onSecure((socket, session) -> down.send(socket))
              .onDrain(down::send)
              .onRead(down::receive)
              .onEvent(event -> {})
              .open();
      Ssl.connect(loop, "127.0.0.1", listening.port())
          .provider(client)
          .trust(Pki.TRUST)
          .maxProtocol(Protocol.TLS_1_2)
          .onSecure((socket, session) -> up.send(socket))
          .onDrain(up::send)
          .onRead(up::receive)
          .onEvent(event -> {})
          .onClose(listening::close)
          .open();
    });
    assertThat(down.received()).isEqualTo(up.sent()).startsWith(SIZE + " ");
    assertThat(up.received()).isEqualTo(down.sent()).startsWith(SIZE + " ");
  }
}
