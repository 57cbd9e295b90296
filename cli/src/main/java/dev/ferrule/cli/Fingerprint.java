package dev.ferrule.cli;

import dev.ferrule.cli.cert.CertificateText;
import dev.ferrule.ssl.SslSession;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The SHA-256 of a certificate, as {@code openssl x509 -fingerprint -sha256} takes it. */
final class Fingerprint {
  private static final int BYTES = 32;

  private final byte[] digest;

  private Fingerprint(byte[] digest) {
    this.digest = digest;
  }

  static Fingerprint of(X509Certificate certificate) {
    return new Fingerprint(CertificateText.digest(certificate));
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

  private boolean matches(X509Certificate certificate) {
    return equals(of(certificate));
  }

  /** Why a session is not with the one that has this certificate; null where it is. */
  @Nullable ToolError refusal(Target target, SslSession session) {
    X509Certificate leaf = session.peerChain().isEmpty() ? null : session.peerChain().getFirst();
    if (leaf != null && matches(leaf)) {
      return null;
    }
    String shown = leaf == null ? "it showed none" : "its SHA-256 is " + of(leaf);
    return new ToolError(
        Exit.TLS, "the certificate of " + target + " is not the pinned one: " + shown);
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
