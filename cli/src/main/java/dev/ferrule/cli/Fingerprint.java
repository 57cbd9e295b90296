package dev.ferrule.cli;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/** The SHA-256 of a certificate, as {@code openssl x509 -fingerprint -sha256} takes it. */
final class Fingerprint {
  private static final int BYTES = 32;

  private final byte[] digest;

  private Fingerprint(byte[] digest) {
    this.digest = digest;
  }

  static Fingerprint of(X509Certificate certificate) {
    try {
      return new Fingerprint(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate without SHA-256", e);
    }
  }

  /** Parses 64 hex digits in any case, with or without colons. */
  static Fingerprint parse(String text) {
    String digits = text.strip().toLowerCase(Locale.ROOT).replace(":", "");
    if (digits.startsWith("sha256")) {
      digits = digits.substring("sha256".length()).replaceFirst("^[=/ -]", "");
    }
    try {
      byte[] digest = HexFormat.of().parseHex(digits);
      if (digest.length == BYTES) {
        return new Fingerprint(digest);
      }
    } catch (IllegalArgumentException e) {
      // not hex: reported below, as is a wrong length
    }
    throw new ToolError(
        Exit.USAGE,
        "--pin wants the SHA-256 of a certificate, 64 hex digits with or without colons, not '"
            + text
            + "'");
  }

  boolean matches(X509Certificate certificate) {
    return equals(of(certificate));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint that && MessageDigest.isEqual(digest, that.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(digest);
  }
}
