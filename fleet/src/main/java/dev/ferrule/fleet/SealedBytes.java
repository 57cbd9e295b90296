package dev.ferrule.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Bytes as they stand in the store: encrypted (AES-256-GCM), and bound to a name and a number, so
 * that nobody without the secret reads, makes or renames them. Used by one thread.
 *
 * <pre>
 * format 1 byte | number 8 | nonce 12 | bytes and tag 16, encrypted
 * </pre>
 */
final class SealedBytes {
  private static final byte FORMAT = 1;
  private static final int NONCE = 12;
  private static final int TAG = 16;
  private static final int HEADER = 9;

  private final SecretKey sealing;
  private final SecureRandom random = new SecureRandom();

  SealedBytes(SecretKey sealing) {
    this.sealing = sealing;
  }

  /** The array stays the caller's. */
  byte[] seal(String name, long number, byte[] bytes) {
    byte[] header = ByteBuffer.allocate(HEADER).put(FORMAT).putLong(number).array();
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    try {
      byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, nonce, 0, header, name).doFinal(bytes);
      return ByteBuffer.allocate(HEADER + NONCE + encrypted.length)
          .put(header)
          .put(nonce)
          .put(encrypted)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java has no AES-GCM", e);
    }
  }

  /** What was sealed, for the caller to wipe; null when it was not with this key and name. */
  byte @Nullable [] open(String name, byte[] sealed) {
    if (sealed.length < HEADER + NONCE + TAG || sealed[0] != FORMAT) {
      return null;
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, sealed, HEADER, Arrays.copyOf(sealed, HEADER), name)
          .doFinal(sealed, HEADER + NONCE, sealed.length - HEADER - NONCE);
    } catch (AEADBadTagException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java has no AES-GCM", e);
    }
  }

  /** The number of what was opened. */
  static long number(byte[] sealed) {
    return ByteBuffer.wrap(sealed).getLong(1);
  }

  private Cipher cipher(int mode, byte[] nonce, int at, byte[] header, String name)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, sealing, new GCMParameterSpec(TAG * Byte.SIZE, nonce, at, NONCE));
    cipher.updateAAD(header);
    cipher.updateAAD(name.getBytes(UTF_8));
    return cipher;
  }
}
