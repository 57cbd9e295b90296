package dev.ferrule.ssl.records;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection as RFC 8446 5 and 7 say, with the JDK's HKDF and a new cipher for
 * each record: slow, and nothing of the record layer that is tested.
 */
final class PeerKeys {
  private static final int HEADER = 5;
  private static final int TAG = 16;

  private final RecordSuite suite;
  private byte[] secret;
  private SecretKeySpec key;
  private byte[] iv;
  private long sequence;

  PeerKeys(RecordSuite suite, byte[] secret, long sequence) {
    this.suite = suite;
    this.secret = secret;
    this.key = key();
    this.iv = expandLabel("iv", 12);
    this.sequence = sequence;
  }

  private PeerKeys(PeerKeys from, long sequence) {
    this.suite = from.suite;
    this.secret = from.secret;
    this.key = from.key;
    this.iv = from.iv;
    this.sequence = sequence;
  }

  /** The same keys, and a sequence number of its own. */
  PeerKeys from(long first) {
    return new PeerKeys(this, first);
  }

  /** The number of the next record. */
  long sequence() {
    return sequence;
  }

  private SecretKeySpec key() {
    return new SecretKeySpec(expandLabel("key", suite.key), isChaCha() ? "ChaCha20" : "AES");
  }

  private boolean isChaCha() {
    return suite == RecordSuite.TLS_CHACHA20_POLY1305_SHA256;
  }

  /** The next secret and keys (7.2). */
  void update() {
    secret = expandLabel("traffic upd", suite.secret);
    key = key();
    iv = expandLabel("iv", 12);
    sequence = 0;
  }

  private byte[] expandLabel(String label, int length) {
    byte[] full = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer info = ByteBuffer.allocate(2 + 1 + full.length + 1).putShort((short) length);
    info.put((byte) full.length).put(full).put((byte) 0);
    try {
      return KDF.getInstance(suite.secret == 32 ? "HKDF-SHA256" : "HKDF-SHA384")
          .deriveData(
              HKDFParameterSpec.expandOnly(
                  new SecretKeySpec(secret, "Generic"), info.array(), length));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The next record, whose content may have any length and type. */
  byte[] seal(int type, byte[] content, int padding) {
    int length = content.length + 1 + padding + TAG;
    byte[] plain = Arrays.copyOf(content, content.length + 1 + padding);
    plain[content.length] = (byte) type;
    byte[] record = Arrays.copyOf(header(23, length), HEADER + length);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE);
      cipher.updateAAD(record, 0, HEADER);
      cipher.doFinal(plain, 0, plain.length, record, HEADER);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    return record;
  }

  static byte[] header(int type, int length) {
    return new byte[] {(byte) type, 3, 3, (byte) (length >>> 8), (byte) length};
  }

  /** The next record with its padding and type; null when it is not authentic. */
  byte @Nullable [] open(byte[] record) {
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE);
      cipher.updateAAD(record, 0, HEADER);
      return cipher.doFinal(record, HEADER, record.length - HEADER);
    } catch (AEADBadTagException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private Cipher cipher(int mode) throws GeneralSecurityException {
    byte[] nonce = iv.clone();
    for (int i = 0; i < 8; i++) {
      nonce[11 - i] ^= (byte) (sequence >>> (8 * i));
    }
    sequence++;
    Cipher cipher =
        Cipher.getInstance(isChaCha() ? "ChaCha20-Poly1305" : "AES/GCM/NoPadding", "SunJCE");
    cipher.init(
        mode, key, isChaCha() ? new IvParameterSpec(nonce) : new GCMParameterSpec(8 * TAG, nonce));
    return cipher;
  }
}
