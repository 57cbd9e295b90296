package dev.ferrule.ssl.records;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * Exported keying material, for providers that tell their secrets (RFC 8446 7.5, RFC 5705 4). Any
 * thread; the secrets stay the caller's, and what is derived on the way is overwritten.
 */
public final class KeyingMaterial {
  /** The most bytes: what HKDF gives with SHA-256 (RFC 5869 2.3), for the same bound everywhere. */
  private static final int MOST = 255 * 32;

  /** With the prefix of HkdfLabel it has 255 bytes. */
  private static final int LONGEST_LABEL = 249;

  private static final int LONGEST_CONTEXT = 0xFFFF;

  /** What TLS itself derives before TLS 1.3; to export it would be to give the keys away. */
  private static final Set<String> RESERVED =
      Set.of(
          "client finished",
          "server finished",
          "master secret",
          "extended master secret",
          "key expansion");

  private KeyingMaterial() {}

  /**
   * Checks what a program asks for, whatever the version and the provider.
   *
   * @throws IllegalArgumentException when it is out of bounds
   */
  public static void require(String label, byte @Nullable [] context, int length) {
    if (label.isEmpty()
        || label.length() > LONGEST_LABEL
        || !label.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
      throw new IllegalArgumentException(
          "the label of keying material has 1 to " + LONGEST_LABEL + " characters of ASCII");
    }
    if (RESERVED.contains(label)) {
      throw new IllegalArgumentException(
          "the label '" + label + "' is TLS's own (RFC 5705 4), and nobody may export by it");
    }
    if (context != null && context.length > LONGEST_CONTEXT) {
      throw new IllegalArgumentException(
          "the context of keying material has at most "
              + LONGEST_CONTEXT
              + " bytes, not "
              + context.length);
    }
    if (length < 1 || length > MOST) {
      throw new IllegalArgumentException(
          "1 to " + MOST + " bytes of keying material can be exported, not " + length);
    }
  }

  /**
   * Before TLS 1.3, both sides must have the extended master secret.
   *
   * @throws IllegalStateException when they do not
   */
  public static void requireExtended(boolean both) {
    if (!both) {
      throw new IllegalStateException(
          "keying material is not exported without an extended master secret, which the peer does"
              + " not have (RFC 7627 5.4)");
    }
  }

  /** The hash of a suite of TLS 1.2 or 1.3, by IANA's name: SHA-256 unless it names another. */
  public static String hash(String suite) {
    return suite.endsWith("_SHA384") ? "SHA-384" : "SHA-256";
  }

  /**
   * RFC 8446 7.5, where no context is an empty one.
   *
   * @param hash the hash of the suite, as {@link #hash} gives it
   * @param secret exporter_secret
   */
  public static byte[] tls13(
      String hash, byte[] secret, String label, byte @Nullable [] context, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance(hash);
      byte[] derived = expandLabel(hash, secret, label, digest.digest(), digest.getDigestLength());
      byte[] hashed = digest.digest(context == null ? new byte[0] : context);
      byte[] material = expandLabel(hash, derived, "exporter", hashed, length);
      Arrays.fill(derived, (byte) 0);
      return material;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HMAC with " + hash, e);
    }
  }

  /** HKDF-Expand-Label (RFC 8446 7.1, RFC 5869 2.3). */
  private static byte[] expandLabel(
      String hash, byte[] secret, String label, byte[] context, int length)
      throws GeneralSecurityException {
    byte[] name = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer info = ByteBuffer.allocate(2 + 1 + name.length + 1 + context.length);
    info.putShort((short) length).put((byte) name.length).put(name);
    info.put((byte) context.length).put(context);
    Mac mac = mac(hash, secret);
    byte[] to = new byte[length];
    byte[] block = new byte[0];
    for (int at = 0, counter = 1; at < length; at += block.length, counter++) {
      mac.update(block);
      mac.update(info.array());
      mac.update((byte) counter);
      block = mac.doFinal();
      System.arraycopy(block, 0, to, at, Math.min(block.length, length - at));
    }
    Arrays.fill(block, (byte) 0);
    return to;
  }

  /**
   * RFC 5705 4 in TLS 1.2, where no context is another value than an empty one.
   *
   * @param hash the hash of the suite, as {@link #hash} gives it
   * @param master master_secret, which must be an extended one (RFC 7627 5.4)
   */
  public static byte[] tls12(
      String hash,
      byte[] master,
      byte[] clientRandom,
      byte[] serverRandom,
      String label,
      byte @Nullable [] context,
      int length) {
    ByteArrayOutputStream seed = new ByteArrayOutputStream();
    seed.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    seed.writeBytes(clientRandom);
    seed.writeBytes(serverRandom);
    if (context != null) {
      seed.write(context.length >>> 8);
      seed.write(context.length);
      seed.writeBytes(context);
    }
    try {
      return expand(hash, master, seed.toByteArray(), length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HMAC with " + hash, e);
    }
  }

  /** P_hash (RFC 5246 5). */
  private static byte[] expand(String hash, byte[] secret, byte[] seed, int length)
      throws GeneralSecurityException {
    Mac mac = mac(hash, secret);
    byte[] to = new byte[length];
    byte[] a = seed;
    for (int at = 0; at < length; ) {
      a = mac.doFinal(a);
      mac.update(a);
      byte[] block = mac.doFinal(seed);
      System.arraycopy(block, 0, to, at, Math.min(block.length, length - at));
      at += block.length;
      Arrays.fill(block, (byte) 0);
    }
    return to;
  }

  private static Mac mac(String hash, byte[] secret) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("Hmac" + hash.replace("-", ""));
    mac.init(new LentKey("HMAC").at(secret, 0, secret.length));
    return mac;
  }
}
