package dev.ferrule.ssl.trust;

import java.security.cert.X509Certificate;

/** The names of certificates in messages. */
final class CertificateText {
  private static final int LONGEST_NAME = 200;

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

  /**
   * Text from a certificate that may be hostile, made safe for terminals and logs, and cut short.
   */
  static String clean(Object name) {
    StringBuilder shown = new StringBuilder();
    String text = name.toString();
    for (int i = 0; i < Math.min(text.length(), LONGEST_NAME); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
        shown.append("\\x%02X".formatted((int) c));
      } else {
        shown.append(c);
      }
    }
    return text.length() > LONGEST_NAME ? shown + "..." : shown.toString();
  }
}
