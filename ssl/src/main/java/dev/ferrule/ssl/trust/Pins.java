package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslConfigException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/**
 * Public keys that a peer's certificate may have, by the SHA-256 of their SubjectPublicKeyInfo (RFC
 * 7469 2.4). Immutable.
 */
public final class Pins {
  private static final int BYTES = 32;
  private static final String CURL = "sha256//";

  private final Set<ByteBuffer> digests = new HashSet<>();

  /**
   * Parses digests in base64, with or without {@code sha256//} before it as curl writes them, or in
   * 64 hex digits.
   *
   * @throws SslConfigException when one is neither
   */
  public Pins(Iterable<String> texts) {
    for (String text : texts) {
      digests.add(ByteBuffer.wrap(parse(text)));
    }
  }

  private static byte[] parse(String text) {
    String digits = text.startsWith(CURL) ? text.substring(CURL.length()) : text;
    try {
      byte[] digest =
          digits.length() == 2 * BYTES
              ? HexFormat.of().parseHex(digits.toLowerCase(Locale.ROOT))
              : Base64.getDecoder().decode(digits);
      if (digest.length == BYTES) {
        return digest;
      }
    } catch (IllegalArgumentException e) {
      // neither: reported below, as is a wrong length
    }
    throw new SslConfigException(
        "'"
            + text
            + "' is no pin: it is the SHA-256 of a public key (SubjectPublicKeyInfo) in base64,"
            + " sha256//..., or in 64 hex digits");
  }

  /** Whether a certificate has one of the keys. */
  public boolean hold(X509Certificate certificate) {
    return digests.contains(ByteBuffer.wrap(digest(certificate)));
  }

  /** The pin of a certificate's key, as curl writes it. */
  public static String of(X509Certificate certificate) {
    return CURL + Base64.getEncoder().encodeToString(digest(certificate));
  }

  private static byte[] digest(X509Certificate certificate) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
