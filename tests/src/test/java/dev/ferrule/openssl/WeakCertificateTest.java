package dev.ferrule.openssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.event.Event;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.Verify;
import dev.ferrule.testkit.Loops;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A certificate that OpenSSL takes at security level 0 only brings no other weakness with it. */
@Tag("once")
class WeakCertificateTest {
  private static final String WEAK_SUITES = "ALL:eNULL";

  private final List<Event> heard = new ArrayList<>();
  private final List<String> agreed = new ArrayList<>();

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  @Test
  void a_server_that_shows_it_agrees_on_no_suite_that_its_cipher_string_has_not_at_level_1()
      throws Exception {
    meet("eNULL:@SECLEVEL=0");
    assertThat(agreed).isEmpty();
    assertThat(heard).isNotEmpty().allMatch(SslError.class::isInstance);
  }

  @Test
  void it_agrees_on_the_others() throws Exception {
    meet("AES128-GCM-SHA256:@SECLEVEL=0");
    assertThat(agreed).isNotEmpty().containsOnly("TLS_RSA_WITH_AES_128_GCM_SHA256");
  }

  private void meet(String ofClient) throws Exception {
    Credentials weak = weak();
    Loops.run(loop -> {
      var listening =
          Ssl.server(loop, "127.0.0.1", 0)
              .provider("openssl")
              .credentials(weak)
              .ciphers(WEAK_SUITES)
              .maxProtocol(Protocol.TLS_1_2)
              .onSecure((socket, session) -> {
                agreed.add(session.cipher());
                socket.close();
              })
              .onEvent(heard::add)
              .open();
      Ssl.connect(loop, "127.0.0.1", listening.port())
          .provider("openssl")
          .verify(Verify.NONE)
          .ciphers(ofClient)
          .maxProtocol(Protocol.TLS_1_2)
          .serverName("localhost")
          .onEvent(refused -> {})
          .onClose(listening::close)
          .open();
    });
  }

  /** An RSA key of 768 bits, and a certificate that it signed itself. */
  private static Credentials weak() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(768);
    KeyPair pair = generator.generateKeyPair();
    X500Principal name = new X500Principal("CN=localhost");
    Instant now = Instant.now();
    var certificate =
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minusSeconds(60)),
                Date.from(now.plusSeconds(3600)),
                name,
                pair.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate()));
    return Credentials.of(
        pair.getPrivate(), List.of(new JcaX509CertificateConverter().getCertificate(certificate)));
  }
}
