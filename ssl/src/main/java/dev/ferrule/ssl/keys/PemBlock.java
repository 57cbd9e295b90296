package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslConfigException;
import org.jspecify.annotations.Nullable;

/**
 * One block of a PEM file, or a DER file under the label it would have as PEM. Immutable by
 * convention: nobody writes to the bytes.
 */
final class PemBlock {
  private final String label;
  private final @Nullable String dekInfo;
  private final byte[] der;
  private final @Nullable SslConfigException fault;

  PemBlock(String label, @Nullable String dekInfo, byte[] der) {
    this(label, dekInfo, der, null);
  }

  private PemBlock(
      String label, @Nullable String dekInfo, byte[] der, @Nullable SslConfigException fault) {
    this.label = label;
    this.dekInfo = dekInfo;
    this.der = der;
    this.fault = fault;
  }

  /** A block that cannot be read. */
  static PemBlock faulty(SslConfigException fault) {
    return faulty("", fault);
  }

  /** A block of a known kind that cannot be read. */
  static PemBlock faulty(String label, SslConfigException fault) {
    return new PemBlock(label, null, new byte[0], fault);
  }

  /** Why it cannot be read; null when it can. */
  @Nullable SslConfigException fault() {
    return fault;
  }

  /** The label after BEGIN, such as {@code CERTIFICATE}. */
  String label() {
    return label;
  }

  /** The DEK-Info header (RFC 1421) of a block that is encrypted in the old way, else null. */
  @Nullable String dekInfo() {
    return dekInfo;
  }

  byte[] der() {
    return der;
  }

  boolean isCertificate() {
    return switch (label) {
      case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE" -> true;
      default -> false;
    };
  }

  boolean isRevocationList() {
    return label.equals("X509 CRL") || label.equals("CRL");
  }

  /** A private key in a format that can be read here; an OpenSSH key is not. */
  boolean isPrivateKey() {
    return switch (label) {
      case "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" -> true;
      default -> false;
    };
  }
}
