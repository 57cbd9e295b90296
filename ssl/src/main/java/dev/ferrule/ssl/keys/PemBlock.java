package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslConfigException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One block of a PEM file, or a DER file under the label it would have as PEM. Immutable by
 * convention: nobody writes to the bytes.
 */
public final class PemBlock {
  private final String label;
  private final @Nullable String dekInfo;
  private final byte[] der;
  private final @Nullable SslConfigException fault;
  private final @Nullable Supplier<byte[]> other;

  PemBlock(String label, @Nullable String dekInfo, byte[] der) {
    this(label, dekInfo, der, null, null);
  }

  private PemBlock(
      String label,
      @Nullable String dekInfo,
      byte[] der,
      @Nullable SslConfigException fault,
      @Nullable Supplier<byte[]> other) {
    this.label = label;
    this.dekInfo = dekInfo;
    this.der = der;
    this.fault = fault;
    this.other = other;
  }

  /** A block of a kind that is not loaded, whose bytes are decoded when they are asked for. */
  static PemBlock other(String label, Supplier<byte[]> decoded) {
    return new PemBlock(label, null, new byte[0], null, decoded);
  }

  /** A block that cannot be read. */
  static PemBlock faulty(SslConfigException fault) {
    return faulty("", fault);
  }

  /** A block of a known kind that cannot be read. */
  static PemBlock faulty(String label, SslConfigException fault) {
    return new PemBlock(label, null, new byte[0], fault, null);
  }

  /** Why it cannot be read; null when it can. */
  public @Nullable SslConfigException fault() {
    return fault;
  }

  /** The label after BEGIN, such as {@code CERTIFICATE}. */
  public String label() {
    return label;
  }

  /** The DEK-Info header (RFC 1421) of a block that is encrypted in the old way, else null. */
  public @Nullable String dekInfo() {
    return dekInfo;
  }

  /**
   * Its bytes; of other kinds than certificates, keys and revocation lists see {@link #decoded}.
   */
  public byte[] der() {
    return der;
  }

  /**
   * Its bytes, also of a kind that nothing here loads, such as a certificate request.
   *
   * @throws SslConfigException when it is not base64 or not one DER structure
   */
  public byte[] decoded() {
    return other == null ? der : other.get();
  }

  /** Whether it is a certificate, in OpenSSL's own form too. */
  public boolean isCertificate() {
    return switch (label) {
      case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE" -> true;
      default -> false;
    };
  }

  /** Whether it is a revocation list. */
  public boolean isRevocationList() {
    return label.equals("X509 CRL") || label.equals("CRL");
  }

  /** A private key in a format that can be read here; an OpenSSH key is not. */
  public boolean isPrivateKey() {
    return switch (label) {
      case "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" -> true;
      default -> false;
    };
  }
}
