package dev.ferrule.cli.cert;

import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.trust.Stapled;
import dev.ferrule.ssl.trust.Strength;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/** Looks for what is wrong with one certificate by itself. */
final class CertificateChecks {
  private static final Duration LONGEST = Duration.ofDays(LeafOrder.MOST_DAYS);
  private static final Duration SOON = Duration.ofDays(21); // as Ssl.audit has it
  private static final int SIGNS = 0; // bits of the key usage
  private static final int SIGNS_CERTIFICATES = 5;

  private final CertificateFacts facts;
  private final X509Certificate certificate;
  private final Item item;
  private final Instant now;
  private final int minDays;

  private CertificateChecks(CertificateFacts facts, Item item, ShowSettings settings) {
    this.facts = facts;
    this.certificate = facts.certificate;
    this.item = item;
    this.now = settings.now();
    this.minDays = settings.minDays();
  }

  static void examine(CertificateFacts facts, Item item, ShowSettings settings) {
    CertificateChecks checks = new CertificateChecks(facts, item, settings);
    checks.validity();
    checks.strength();
    if (facts.isAuthority()) {
      checks.authority();
    } else {
      checks.leaf();
    }
  }

  private void validity() {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    Duration life = Duration.between(from, until);
    Duration third = life.dividedBy(3); // some live for days, and are renewed when a third is left
    if (now.isAfter(until)) {
      error("CERTIFICATE_EXPIRED", "it " + Days.left(until, now), "have it renewed");
    } else if (now.isBefore(from)) {
      error(
          "CERTIFICATE_NOT_YET_VALID",
          "it is not valid before " + from,
          "wait, or look at the clock");
    } else if (Days.until(until, now) < minDays) {
      error(
          "CERTIFICATE_EXPIRES_SOON",
          "it has %s, and %d are asked for".formatted(Days.left(until, now), minDays),
          "have it renewed");
    } else if (now.plus(SOON.compareTo(third) < 0 ? SOON : third).isAfter(until)) {
      warning("CERTIFICATE_EXPIRES_SOON", "it has " + Days.left(until, now), "have it renewed");
    }
    if (facts.isOfServer() && life.compareTo(LONGEST) > 0) {
      warning(
          "LONG_VALIDITY",
          "it is valid for %d days, and Apple's systems take servers' for %d at most"
              .formatted(life.toDays(), LONGEST.toDays()),
          "have it issued for less");
    }
  }

  private void strength() {
    String key = Strength.tooShort(certificate);
    if (key != null) {
      error("SHORT_KEY", "it " + key, "have it issued anew, with another key");
    }
    String signature = facts.signedByItself ? null : Strength.forgeable(certificate);
    if (signature != null) {
      error("WEAK_SIGNATURE", "it " + signature, "have it issued anew");
    }
  }

  private boolean mayNot(int use) {
    boolean[] usage = certificate.getKeyUsage();
    return usage != null && !usage[use];
  }

  private void authority() {
    if (mayNot(SIGNS_CERTIFICATES)) {
      error("KEY_USAGE", "it is one of a CA that may not sign", "have it issued anew");
    }
    // One of a CA proper says what its key is for; what openssl req -x509 makes does not.
    boolean ofCommonName = certificate.getKeyUsage() == null && facts.hasHostAsCommonName();
    if (facts.hasHost() || ofCommonName) {
      warning(
          "CA_AS_SERVER",
          "it is one of a CA and has the name of a server%s: who trusts it trusts all that its key"
                  .formatted(facts.hasHost() ? "" : ", as the common name at which no client looks")
              + " signs, and Firefox refuses it as a server's",
          "make one that is none of a CA, as ferrule cert does");
    }
  }

  private void leaf() {
    if (mayNot(SIGNS)) {
      error(
          "KEY_USAGE",
          "its key may not sign (key usage), as TLS 1.3 has it do",
          "have it issued with digitalSignature");
    }
    if (facts.signedByItself) {
      warning(
          "SELF_SIGNED",
          "it is signed by itself: nobody trusts it but who was given it",
          "have it signed by a CA, such as that of ferrule cert");
    }
    if (facts.isOfServer()) {
      server();
    } else if (!facts.usages.isEmpty() && !facts.isForClients()) {
      item.finding(
          Severity.INFO,
          "OTHER_PURPOSE",
          "it is for " + String.join(", ", facts.usages) + ", and not for TLS",
          "show another to peers of TLS");
    }
    if (Stapled.isDemandedBy(certificate)) {
      item.finding(
          Severity.INFO,
          "MUST_STAPLE",
          "it demands an OCSP response (must-staple): clients refuse it without",
          "serve one with it");
    }
  }

  private void server() {
    if (!facts.hasHost()) {
      String common = facts.commonName();
      error(
          "NO_HOST_NAME",
          isUnreadable()
              ? "its names (subject alternative names) cannot be read"
              : facts.hasHostAsCommonName()
                  ? "its only host is the common name " + common + ", at which no client looks"
                  : "it has no name of a host",
          "have it issued with subject alternative names");
    }
    if (facts.usages.isEmpty()) {
      warning(
          "NO_PURPOSE",
          "it does not say that it is for servers (extended key usage), as Apple's systems demand",
          "have it issued with serverAuth");
    }
  }

  private boolean isUnreadable() {
    return certificate.getExtensionValue("2.5.29.17") != null && facts.names.isEmpty();
  }

  private void error(String code, String sentence, String advice) {
    item.finding(Severity.ERROR, code, sentence, advice);
  }

  private void warning(String code, String sentence, String advice) {
    item.finding(Severity.WARNING, code, sentence, advice);
  }
}
