package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFinding;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.OcspDraft;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** OCSP responses that a server staples, and what clients of every provider make of them. */
class StaplingTest {
  private static final Issued ISSUED = Pki.CA.request("localhost", "127.0.0.1").issue();
  private static final Issued DEMANDING =
      Pki.CA.request("localhost", "127.0.0.1").mustStaple().issue();

  /** Who staples: the provider of this run, where it can. */
  private static final String STAPLING = Provided.NAME.equals("jdk") ? "boringssl" : Provided.NAME;

  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path folder;

  @BeforeEach
  void boringssl() {
    assumeTrue(
        SslContext.providers().stream()
            .anyMatch(each -> each.can(Capability.OCSP_STAPLING) && each.unavailable() == null),
        "only boringssl can staple");
  }

  private Path file(byte[] response) throws IOException {
    Path file = Files.createTempFile(folder, "staple", ".der");
    return Files.write(file, response);
  }

  private static OcspDraft draft() {
    return Pki.CA.ocsp(ISSUED.certificate());
  }

  /** A connection to a server that staples, whatever it is. */
  private Pair run(Issued identity, byte[] response, Protocol version) throws IOException {
    Path file = response == null ? null : file(response);
    return new Pair()
        .server(s -> {
          s.provider(STAPLING).credentials(Pki.credentials(identity)).maxProtocol(version);
          if (file != null) {
            s.ocspStaples(file);
          }
        })
        .client(c -> {})
        .onServed(SslSocket::close)
        .run();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_good_response_satisfies_a_certificate_that_demands_one(Protocol version)
      throws IOException {
    byte[] good = Pki.CA.ocsp(DEMANDING.certificate()).der();
    assertThat(run(DEMANDING, good, version).seen.protocol()).isEqualTo(version);
    assertThat(run(ISSUED, draft().der(), version).seen.protocol()).isEqualTo(version);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void without_one_such_a_certificate_is_refused(Protocol version) throws IOException {
    SslError error =
        run(DEMANDING, null, version)
            .client
            .ssl(Side.OURS, Stage.CERTIFICATE, "must-staple", "sent none");
    assertThat(error.code()).isEqualTo("BAD_STAPLE");
  }

  @Test
  void nobody_is_refused_where_nothing_is_verified() throws IOException {
    Pair pair =
        new Pair()
            .server(s -> s.provider(STAPLING).credentials(Pki.credentials(DEMANDING)))
            .client(c -> c.verify(Verify.NONE))
            .onServed(SslSocket::close)
            .run();
    assertThat(pair.seen).isNotNull();
  }

  @Test
  void what_clients_would_refuse_is_refused_when_it_is_loaded() throws IOException {
    Issued other = Pki.CA.issue("other.example");
    Instant now = Instant.now();
    assertRefused(Pki.CA.ocsp(other.certificate()).der(), "about another certificate", "localhost");
    assertRefused(draft().dates(now.minus(DAY), now.minus(DAY)).der(), "expired on");
    assertRefused(draft().revoked(now.minus(DAY)).der(), "was revoked on");
    assertRefused(draft().unknown().der(), "does not know");
    assertRefused("hello".getBytes(StandardCharsets.US_ASCII), "is no OCSP response in DER");
    assertRefused(OcspDraft.tryLater(), "no answer (tryLater)");
    byte[] whole = draft().der();
    assertRefused(Arrays.copyOf(whole, whole.length - 10), "ends early");
    assertThatThrownBy(() -> stapling(folder.resolve("missing")))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("does not exist");
  }

  private void assertRefused(byte[] response, String... words) throws IOException {
    Path file = file(response);
    assertThatThrownBy(() -> stapling(file))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(file.toString())
        .message()
        .contains(words);
  }

  private static SslContext stapling(Path file) {
    return SslContext.server()
        .provider(STAPLING)
        .credentials(Pki.credentials(ISSUED))
        .ocspStaples(file)
        .build();
  }

  @Test
  void each_of_several_certificates_gets_the_one_about_it() throws IOException {
    Issued named = Pki.CA.request("named.example").mustStaple().issue();
    Path one = file(Pki.CA.ocsp(named.certificate()).der());
    Path two = file(Pki.CA.ocsp(DEMANDING.certificate()).der());
    Credentials other = Pki.credentials(named);
    Pair pair =
        new Pair()
            .server(s ->
                s.provider(STAPLING)
                    .credentials(Pki.credentials(DEMANDING))
                    .name("named.example", other)
                    .ocspStaples(one, two))
            .onServed(SslSocket::close)
            .run();
    assertThat(pair.seen).isNotNull();
  }

  @Test
  void it_is_for_servers_that_can_staple() throws IOException {
    Path file = file(draft().der());
    assertThatThrownBy(() -> SslContext.client().ocspStaples(file).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("for servers");
    assertThatThrownBy(() ->
            SslContext.server()
                .provider("jdk")
                .credentials(Pki.credentials(ISSUED))
                .ocspStaples(file)
                .build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("the jdk provider cannot staple OCSP responses");
  }

  @Test
  void the_audit_finds_a_demanding_certificate_without_one() throws IOException {
    SslContext without =
        SslContext.server().provider(STAPLING).credentials(Pki.credentials(DEMANDING)).build();
    assertThat(Ssl.audit(without)).extracting(SslFinding::code).contains("STAPLE_MISSING");
  }
}
