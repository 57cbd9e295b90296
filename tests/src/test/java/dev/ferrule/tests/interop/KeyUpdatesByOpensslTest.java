package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslSession;
import dev.ferrule.tests.Provided;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** KeyUpdate (RFC 8446 4.6.3) by openssl's tools, time and again, while bytes go both ways. */
class KeyUpdatesByOpensslTest {
  private static final int ROUNDS = 6;

  @ParameterizedTest
  @CsvSource({
    "true, TLS_AES_128_GCM_SHA256",
    "false, TLS_AES_128_GCM_SHA256",
    "true, TLS_AES_256_GCM_SHA384",
    "false, TLS_AES_256_GCM_SHA384",
    "true, TLS_CHACHA20_POLY1305_SHA256",
    "false, TLS_CHACHA20_POLY1305_SHA256"
  })
  void every_one_is_taken_and_answered_when_it_asks(
      boolean ferruleServes, String suite, @TempDir Path folder) {
    PeerKind.OPENSSL.assumeHere();
    try (Background loop = new Background();
        UpdatingOpenssl openssl = new UpdatingOpenssl(folder, suite);
        SteadyStream stream = new SteadyStream(loop)) {
      if (ferruleServes) {
        openssl.connect(stream.serve());
      } else {
        stream.connect(openssl.serve());
      }
      SslSession session = stream.witness.awaitSession(1);
      for (int round = 1; round <= ROUNDS; round++) {
        stream.awaitReceived(openssl.sendMuch());
        openssl.press('k'); // asks for nothing
        openssl.awaitSent(2 * round - 1);
        stream.awaitReceived(openssl.sendMuch());
        openssl.press('K'); // asks for ours
        openssl.awaitSent(2 * round);
        openssl.awaitReceived(round);
      }
      stream.end();
      byte[] sent = stream.sent();
      assertThat(openssl.received(sent)).isEqualTo(sent);
      assertThat(stream.received()).isEqualTo(openssl.sent());
      assertThat(session.cipher()).isEqualTo(suite);
      assertThat(session.records()).isEqualTo(Provided.records(session));
    }
  }
}
