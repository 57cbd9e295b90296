package dev.ferrule.fleet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslConfigException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One version of a certificate of the fleet, with its key and OCSP response. Immutable.
 *
 * <pre>
 * length 4 | chain in PEM | length 4 | key in PKCS#8 | OCSP response in DER, or nothing
 * </pre>
 */
final class CertificateVersion {
  final long number;
  final Credentials credentials;
  private final byte @Nullable [] staple;
  private final byte[] sealed;

  private CertificateVersion(
      long number, Credentials credentials, byte @Nullable [] staple, byte[] sealed) {
    this.number = number;
    this.credentials = credentials;
    this.staple = staple;
    this.sealed = sealed;
  }

  /** Makes the version of a number. */
  static CertificateVersion make(
      String name,
      long number,
      Credentials credentials,
      byte @Nullable [] staple,
      SealedBytes sealing) {
    byte[] key = credentials.key().getEncoded();
    if (key == null) {
      throw new SslConfigException(
          "the key cannot be put into the fleet, for it is not here but in a token or with a signer");
    }
    byte[] chain = pem(credentials);
    int length = 8 + chain.length + key.length + (staple == null ? 0 : staple.length);
    ByteBuffer all = ByteBuffer.allocate(length).putInt(chain.length).put(chain);
    all.putInt(key.length).put(key).put(staple == null ? new byte[0] : staple);
    try {
      byte[] sealed = sealing.seal(name, number, all.array());
      return new CertificateVersion(number, credentials, staple, sealed);
    } finally {
      Arrays.fill(all.array(), (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] pem(Credentials credentials) {
    StringBuilder text = new StringBuilder();
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    try {
      for (X509Certificate each : credentials.chain()) {
        text.append("-----BEGIN CERTIFICATE-----\n");
        text.append(lines.encodeToString(each.getEncoded()));
        text.append("\n-----END CERTIFICATE-----\n");
      }
    } catch (CertificateEncodingException e) {
      throw new SslConfigException("a certificate of the chain cannot be encoded", e);
    }
    return text.toString().getBytes(US_ASCII);
  }

  /** Opens what stands in the store; null when it was not made with this fleet's secret. */
  static @Nullable CertificateVersion open(String name, byte[] sealed, SealedBytes sealing) {
    byte[] all = sealing.open(name, sealed);
    if (all == null) {
      return null;
    }
    byte[] key = {};
    try {
      ByteBuffer rest = ByteBuffer.wrap(all);
      byte[] chain = part(rest, rest.getInt());
      key = part(rest, rest.getInt());
      byte[] staple = rest.hasRemaining() ? part(rest, rest.remaining()) : null;
      Credentials credentials = Credentials.ofBytes(chain, key, null);
      return new CertificateVersion(SealedBytes.number(sealed), credentials, staple, sealed);
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      return null; // of a version of this program that writes something else
    } finally {
      Arrays.fill(all, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] part(ByteBuffer from, int length) {
    if (length < 0 || length > from.remaining()) {
      throw new IllegalArgumentException("a length that is none");
    }
    byte[] part = new byte[length];
    from.get(part);
    return part;
  }

  /** Whether it is the one to use of the two. Two of one number were put into two stores. */
  boolean isAfter(CertificateVersion other) {
    return number != other.number
        ? number > other.number
        : Arrays.compareUnsigned(sealed, other.sealed) > 0;
  }

  byte @Nullable [] staple() {
    return staple == null ? null : staple.clone();
  }

  /** As it stands in the store; not to be changed. */
  byte[] sealed() {
    return sealed;
  }
}
