package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Records of a client's data, sealed by AES-GCM with the secrets that its provider has told, to
 * send what no honest client does. It must be all that this client sends after its handshake.
 */
final class SealedByHand {
  private static final int DATA = 23;

  private final byte[] key;
  private final byte[] iv;
  private final boolean tls13;
  private long sequence;

  private SealedByHand(byte[] key, byte[] iv, boolean tls13) {
    this.key = key;
    this.iv = iv;
    this.tls13 = tls13;
    this.sequence = tls13 ? 0 : 1; // the Finished of TLS 1.2 was sealed by the same key
  }

  /** Of TLS 1.3 (RFC 8446 7.3), by CLIENT_TRAFFIC_SECRET_0. */
  static SealedByHand of13(String suite, byte[] secret) {
    return new SealedByHand(
        Arrays.copyOf(mac(suite, secret, info("key", keyBytes(suite))), keyBytes(suite)),
        Arrays.copyOf(mac(suite, secret, info("iv", 12)), 12),
        true);
  }

  private static byte[] info(String name, int length) {
    byte[] label = ("tls13 " + name).getBytes(US_ASCII);
    return RawHello.join(
        new byte[] {0, (byte) length, (byte) label.length}, label, new byte[] {0, 1});
  }

  /** Of TLS 1.2 (RFC 5246 6.3), by the master secret and both randoms. */
  static SealedByHand of12(String suite, byte[] master, byte[] client, byte[] server) {
    byte[] seed = RawHello.join("key expansion".getBytes(US_ASCII), server, client);
    byte[] first = mac(suite, master, seed);
    byte[] second = mac(suite, master, first);
    byte[] block =
        RawHello.join(
            mac(suite, master, RawHello.join(first, seed)),
            mac(suite, master, RawHello.join(second, seed)));
    int length = keyBytes(suite);
    return new SealedByHand(
        Arrays.copyOf(block, length), Arrays.copyOfRange(block, 2 * length, 2 * length + 4), false);
  }

  private static int keyBytes(String suite) {
    return suite.contains("AES_256") ? 32 : 16;
  }

  private static byte[] mac(String suite, byte[] secret, byte[] text) {
    String name = suite.endsWith("SHA384") ? "HmacSHA384" : "HmacSHA256";
    try {
      Mac mac = Mac.getInstance(name);
      mac.init(new SecretKeySpec(secret, name));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** So many records without data. */
  byte[] empty(int number) {
    byte[] all = {};
    for (int i = 0; i < number; i++) {
      all = RawHello.join(all, data(""));
    }
    return all;
  }

  byte[] data(String text) {
    byte[] content = text.getBytes(US_ASCII);
    return tls13 ? record13(content) : record12(content);
  }

  private byte[] record13(byte[] content) {
    byte[] header = header(content.length + 1 + 16);
    byte[] nonce = iv.clone();
    for (int i = 0; i < Long.BYTES; i++) {
      nonce[iv.length - 1 - i] ^= (byte) (sequence >>> (8 * i));
    }
    sequence++;
    return RawHello.join(header, sealed(nonce, header, RawHello.join(content, new byte[] {DATA})));
  }

  private byte[] record12(byte[] content) {
    byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(sequence++).array();
    byte[] covered = RawHello.join(number, header(content.length));
    byte[] body = sealed(RawHello.join(iv, number), covered, content);
    return RawHello.join(header(number.length + body.length), number, body);
  }

  private static byte[] header(int length) {
    return new byte[] {DATA, 3, 3, (byte) (length >> 8), (byte) length};
  }

  private byte[] sealed(byte[] nonce, byte[] covered, byte[] content) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
      cipher.updateAAD(covered);
      return cipher.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
