package dev.ferrule.cli.cert;

import dev.ferrule.host.SafeText;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;

/** What all commands say of a certificate in the same words. */
public final class CertificateText {
  private static final int MOST_NAMES = 20;

  private CertificateText() {}

  /** The SHA-256 of a certificate in DER. */
  public static byte[] digest(X509Certificate certificate) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256, and this certificate was read", e);
    }
  }

  /** The same in hex. */
  public static String sha256(X509Certificate certificate) {
    return HexFormat.of().formatHex(digest(certificate));
  }

  /** The subject alternative names, which may be a peer's, made harmless. */
  public static List<String> names(X509Certificate certificate) {
    return CertificateFacts.names(certificate).stream()
        .map(name -> SafeText.of(name.text()))
        .toList();
  }

  /** Some names in one line, of many the first ones. */
  public static String listed(List<String> names) {
    String shown = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
    return names.size() <= MOST_NAMES
        ? shown
        : shown + " and " + (names.size() - MOST_NAMES) + " more";
  }
}
