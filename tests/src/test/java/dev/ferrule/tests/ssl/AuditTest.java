package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslFinding;
import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslPolicy;
import dev.ferrule.ssl.SslTicketFile;
import dev.ferrule.ssl.SslTicketKeys;
import dev.ferrule.ssl.Verify;
import dev.ferrule.testkit.CertificateRequest;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import dev.ferrule.tests.trust.Draft;
import dev.ferrule.tests.trust.Keys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an audit finds in a context, and that it finds nothing in one that is good. */
class AuditTest {
  private static final Keys KEYS = new Keys();

  @Test
  void a_context_with_the_defaults_has_no_findings() {
    assertThat(Ssl.audit(SslContext.client().build())).isEmpty();
    Credentials whole = Pki.credentials(Pki.CA.request("localhost").throughIntermediate().issue());
    assertThat(Ssl.audit(SslContext.server().credentials(whole).build())).isEmpty();
    assertThat(Ssl.audit(server(request().selfSigned()).build())).isEmpty();
    assertThat(Ssl.audit(SslContext.client().policy(SslPolicy.INTERMEDIATE).build())).isEmpty();
  }

  @Test
  void verification_that_is_off_is_an_error_and_half_of_it_a_warning() {
    found(SslContext.client().verify(Verify.NONE), Severity.ERROR, "NOT_VERIFIED", "not verified");
    found(SslContext.client().verify(Verify.CHAIN), Severity.WARNING, "HOST_NOT_VERIFIED", "host");
  }

  @Test
  void an_expired_certificate_is_an_error() {
    found(server(request().expired()), Severity.ERROR, "CERTIFICATE_EXPIRED", "expired at 20");
  }

  @Test
  void a_certificate_of_tomorrow_is_an_error() {
    found(
        server(request().notYetValid()),
        Severity.ERROR,
        "CERTIFICATE_NOT_YET_VALID",
        "not valid before 20");
  }

  @ParameterizedTest
  @CsvSource({"20, true", "22, false"})
  void a_certificate_with_less_than_21_days_to_go_is_a_warning(int days, boolean told) {
    Instant end = Instant.now().plus(Duration.ofDays(days));
    List<SslFinding> findings = Ssl.audit(server(request().selfSigned().notAfter(end)).build());
    if (told) {
      assertThat(findings)
          .singleElement()
          .satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.code()).isEqualTo("CERTIFICATE_EXPIRES_SOON");
            assertThat(finding.toString()).contains("CN=localhost", "expires at 20", "renewed");
          });
    } else {
      assertThat(findings).isEmpty();
    }
  }

  @Test
  void an_issuer_that_is_neither_sent_nor_trusted_here_is_told() {
    SslContextBuilder alone = server(request());
    found(alone, Severity.INFO, "CHAIN_INCOMPLETE", "CN=Ferrule throw-away CA");
    assertThat(Ssl.audit(server(request()).trust(Pki.TRUST).build())).isEmpty();
  }

  @Test
  void a_short_key_is_an_error() {
    Credentials weak = self(Keys.Kind.RSA_1024, "SHA256withRSA");
    found(
        SslContext.server().credentials(weak), Severity.ERROR, "SHORT_KEY", "RSA key of 1024 bits");
  }

  @Test
  void a_certificate_signed_with_sha_1_is_an_error_but_for_a_root() {
    Draft root = draft("root", true, Keys.Kind.RSA_2048, "SHA1withRSA");
    Draft leaf = draft("leaf", false, Keys.Kind.P256, "SHA1withRSA");
    Credentials weak =
        Credentials.of(
            leaf.keys.getPrivate(), List.of(leaf.signedBy(root, 2), root.signedBy(root, 1)));
    found(
        SslContext.server().credentials(weak),
        Severity.ERROR,
        "WEAK_SIGNATURE",
        "CN=leaf",
        "signed with SHA-1");
  }

  @ParameterizedTest
  @EnumSource(names = {"ALLOW_SHA1_CERTIFICATES", "ALLOW_MD5_CERTIFICATES", "ALLOW_SHORT_KEYS"})
  void options_that_accept_weak_peers_are_warnings(SslOption option) {
    found(
        SslContext.client().option(option),
        Severity.WARNING,
        "WEAK_PEERS_ALLOWED",
        option.toString());
  }

  @Test
  void suites_without_aead_and_old_versions_are_warnings() {
    SslContextBuilder cbc = SslContext.client().ciphers("ECDHE+AESGCM:ECDHE+AES");
    found(cbc, Severity.WARNING, "NO_AEAD", Provided.BEST_CBC);
    if (Provided.SPOKEN.contains(Protocol.TLS_1_0)) {
      assertThat(Ssl.audit(SslContext.client().policy(SslPolicy.OLD).build()))
          .extracting(SslFinding::code)
          .containsExactlyInAnyOrder("OLD_PROTOCOL", "NO_FORWARD_SECRECY", "NO_AEAD");
    }
  }

  @Test
  void all_certificates_of_a_server_are_examined_and_the_worst_comes_first() {
    Instant soon = Instant.now().plus(Duration.ofDays(3));
    SslContext context =
        server(request().selfSigned().notAfter(soon))
            .name("a.example", credentials(request().expired()))
            .name("b.example", server(request().selfSigned().notYetValid()).build())
            .build();
    assertThat(Ssl.audit(context))
        .extracting(SslFinding::code)
        .containsExactlyInAnyOrder(
            "CERTIFICATE_EXPIRED",
            "CERTIFICATE_NOT_YET_VALID",
            "CERTIFICATE_EXPIRES_SOON",
            "CHAIN_INCOMPLETE")
        .endsWith("CERTIFICATE_EXPIRES_SOON", "CHAIN_INCOMPLETE");
  }

  @Test
  void of_a_context_made_outside_nothing_is_known() {
    assertThat(Ssl.audit(SslContext.of(JdkPeers.CONTEXT)))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.severity()).isEqualTo(Severity.INFO);
          assertThat(finding.code()).isEqualTo("OUTSIDE_CONTEXT");
        });
  }

  @Test
  void tickets_whose_key_never_changes_are_told(@TempDir Path folder) throws Exception {
    Provided.assumeSharesTicketKeys();
    byte[] key = new byte[48];
    Arrays.fill(key, (byte) 7);
    Path file = Files.write(folder.resolve("tickets.key"), key);
    SslTicketKeys read = SslTicketKeys.ofFile(file, SslTicketKeys.Readers.ANYBODY);
    for (SslTicketKeys fixed : List.of(SslTicketKeys.of(List.of(key)), read)) {
      found(
          server(request().selfSigned()).ticketKeys(fixed),
          Severity.WARNING,
          "TICKETS_NEVER_ROTATED",
          "never change",
          "SslTicketFile");
    }
  }

  @Test
  void tickets_whose_keys_change_are_not_told(@TempDir Path folder) throws Exception {
    Provided.assumeSharesTicketKeys();
    byte[] key = new byte[48];
    Arrays.fill(key, (byte) 7);
    Path file = Files.write(folder.resolve("tickets.key"), key);
    Duration day = Duration.ofDays(1);
    try (SslTicketFile watched =
        SslTicketFile.of(file).readers(SslTicketKeys.Readers.ANYBODY).build()) {
      for (SslTicketKeys changing :
          List.of(SslTicketKeys.rotated(day), SslTicketKeys.derived(key, day), watched.keys())) {
        SslContextBuilder server = server(request().selfSigned()).ticketKeys(changing);
        assertThat(Ssl.audit(server.build())).isEmpty();
      }
    }
  }

  private static void found(
      SslContextBuilder builder, Severity severity, String code, String... words) {
    assertThat(Ssl.audit(builder.build()))
        .filteredOn(each -> !each.code().equals("CHAIN_INCOMPLETE") || each.code().equals(code))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.code()).isEqualTo(code);
          assertThat(finding.severity()).isEqualTo(severity);
          assertThat(finding.toString()).contains(words).doesNotContain("\n", "null");
        });
  }

  private static CertificateRequest request() {
    return Pki.CA.request("localhost");
  }

  private static Credentials credentials(CertificateRequest request) {
    return Pki.credentials(request.issue());
  }

  private static SslContextBuilder server(CertificateRequest request) {
    return SslContext.server().credentials(credentials(request));
  }

  private static Credentials self(Keys.Kind kind, String signature) {
    Draft own = draft("weak", false, kind, signature);
    return Credentials.of(own.keys.getPrivate(), List.of(own.signedBy(own, 1)));
  }

  private static Draft draft(String name, boolean authority, Keys.Kind kind, String signature) {
    Draft draft = new Draft(name, authority, KEYS.get(kind, authority ? 1 : 0), signature);
    draft.notBefore = Instant.now().minus(Duration.ofDays(90));
    draft.notAfter = Instant.now().plus(Duration.ofDays(90));
    return draft;
  }
}
