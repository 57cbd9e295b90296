package dev.ferrule.ssl.trust;

import dev.ferrule.host.SafeText;
import java.security.cert.X509Certificate;

/** The names of certificates in messages. */
final class CertificateText {
  private CertificateText() {}

  /** A certificate by its subject, or by its number where the subject is empty. */
  static String of(X509Certificate certificate) {
    String subject = clean(certificate.getSubjectX500Principal());
    return "the certificate of "
        + (subject.isEmpty() ? "serial number " + certificate.getSerialNumber() : subject);
  }

  /** The issuer of a certificate. */
  static String issuer(X509Certificate certificate) {
    return clean(certificate.getIssuerX500Principal());
  }

  /** The subject of a certificate. */
  static String subject(X509Certificate certificate) {
    return clean(certificate.getSubjectX500Principal());
  }

  /** Text from a certificate that may be hostile, made safe for terminals and logs. */
  static String clean(Object name) {
    return SafeText.of(name);
  }
}
