package dev.ferrule.ssl;

import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.ssl.trust.Stapled;
import dev.ferrule.ssl.trust.Strength;
import dev.ferrule.ssl.trust.Trust;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javax.security.auth.x500.X500Principal;

/** Looks for what is weak, over or missing in the certificates that a context shows. */
final class CertificateAudit {
  /** How long before its end a certificate is told of. */
  private static final Duration SOON = Duration.ofDays(21);

  /** Authority Information Access (RFC 5280 4.2.2.1). */
  private static final String WHERE_THE_ISSUER_IS = "1.3.6.1.5.5.7.1.1";

  private final List<X509Certificate> chain;
  private final SslSettings settings;
  private final Instant now;
  private final Consumer<SslFinding> findings;

  /** Of settings with credentials. */
  CertificateAudit(SslSettings settings, Instant now, Consumer<SslFinding> findings) {
    this.chain = Objects.requireNonNull(settings.credentials()).chain();
    this.settings = settings;
    this.now = now;
    this.findings = findings;
  }

  void examine() {
    for (X509Certificate certificate : chain) {
      validity(certificate);
      strength(certificate);
    }
    issuer(chain.getFirst());
    if (settings.server() && settings.staple() == null && Stapled.isDemandedBy(chain.getFirst())) {
      add(
          Severity.ERROR,
          "STAPLE_MISSING",
          chain.getFirst(),
          "demands an OCSP response (must-staple), and none is given",
          "give one with ocspStaples; peers refuse it without");
    }
  }

  private void validity(X509Certificate certificate) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isAfter(until)) {
      add(
          Severity.ERROR,
          "CERTIFICATE_EXPIRED",
          certificate,
          "expired at " + until,
          "have it renewed; peers refuse it");
    } else if (now.isBefore(from)) {
      add(
          Severity.ERROR,
          "CERTIFICATE_NOT_YET_VALID",
          certificate,
          "is not valid before " + from,
          "wait, or set the clock; peers refuse it");
    } else if (now.plus(SOON).isAfter(until)) {
      add(
          Severity.WARNING,
          "CERTIFICATE_EXPIRES_SOON",
          certificate,
          "expires at " + until,
          "have it renewed");
    }
  }

  private void strength(X509Certificate certificate) {
    String key = Strength.tooShort(certificate);
    if (key != null) {
      add(Severity.ERROR, "SHORT_KEY", certificate, key, "have it issued anew; peers refuse it");
    }
    String signature = isSelfIssued(certificate) ? null : Strength.forgeable(certificate);
    if (signature != null) {
      add(
          Severity.ERROR,
          "WEAK_SIGNATURE",
          certificate,
          signature,
          "have it issued anew; peers refuse it");
    }
  }

  /**
   * A certificate that says where its issuer's is was issued by an intermediate, which peers do not
   * have; one without that may be of a private root, which they have.
   */
  private void issuer(X509Certificate leaf) {
    boolean intermediate = leaf.getExtensionValue(WHERE_THE_ISSUER_IS) != null;
    X500Principal issuer = leaf.getIssuerX500Principal();
    if (isSelfIssued(leaf)
        || chain.stream().skip(1).anyMatch(each -> each.getSubjectX500Principal().equals(issuer))
        || trusted(intermediate).stream()
            .anyMatch(each -> each.getSubjectX500Principal().equals(issuer))) {
      return;
    }
    add(
        intermediate ? Severity.WARNING : Severity.INFO,
        "CHAIN_INCOMPLETE",
        leaf,
        "comes without that of its issuer, " + issuer.getName(),
        "put that behind it in the file, unless peers trust it by itself");
  }

  /** The system's store, which takes time to read, has public authorities only. */
  private List<X509Certificate> trusted(boolean ofPublic) {
    List<TrustedCertificate> given = settings.trust();
    if (ofPublic && (given == null || settings.systemTrust())) {
      return Trust.systemAnd(given == null ? List.of() : given).anchors().certificates();
    }
    return given == null ? List.of() : given.stream().map(TrustedCertificate::certificate).toList();
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
  }

  private void add(
      Severity severity, String code, X509Certificate certificate, String fault, String advice) {
    String sentence = "the certificate of " + Certificates.subject(certificate) + " " + fault;
    findings.accept(new SslFinding(severity, code, sentence, advice));
  }
}
