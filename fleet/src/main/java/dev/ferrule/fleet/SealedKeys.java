package dev.ferrule.fleet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.fleet.rotation.FleetStore.Entry;
import dev.ferrule.fleet.rotation.Generation;
import dev.ferrule.fleet.rotation.KeyMint;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Ticket keys as they stand in the store: encrypted (AES-256-GCM), and bound to their name and
 * times, so that nobody without the secret reads, makes or renames one. Used by one thread.
 *
 * <pre>
 * version 1 byte | activation 8 | expiry 8 | nonce 12 | key 48 and tag 16, encrypted
 * </pre>
 */
final class SealedKeys implements KeyMint {
  private static final byte VERSION = 1;
  private static final int KEY = 48;
  private static final int NONCE = 12;
  private static final int TAG = 16;
  private static final int HEADER = 17;
  private static final int LENGTH = HEADER + NONCE + KEY + TAG;
  private static final int ID = 16; // characters

  private final SecretKey sealing;
  private final SecureRandom random = new SecureRandom();

  SealedKeys(SecretKey sealing) {
    this.sealing = sealing;
  }

  @Override
  public Generation make(long activation, long expiry) {
    byte[] name = new byte[ID / 2];
    byte[] nonce = new byte[NONCE];
    byte[] key = new byte[KEY];
    random.nextBytes(name);
    random.nextBytes(nonce);
    random.nextBytes(key);
    String id = HexFormat.of().formatHex(name);
    byte[] header =
        ByteBuffer.allocate(HEADER).put(VERSION).putLong(activation).putLong(expiry).array();
    try {
      byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, nonce, 0, header, id).doFinal(key);
      byte[] sealed = ByteBuffer.allocate(LENGTH).put(header).put(nonce).put(encrypted).array();
      return new Generation(id, activation, expiry, key, sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java has no AES-GCM", e);
    }
  }

  @Override
  public @Nullable Generation open(Entry entry) {
    byte[] sealed = entry.sealed().bytes();
    if (sealed.length != LENGTH || sealed[0] != VERSION || entry.id().length() != ID) {
      return null;
    }
    byte[] header = Arrays.copyOf(sealed, HEADER);
    try {
      byte[] key =
          cipher(Cipher.DECRYPT_MODE, sealed, HEADER, header, entry.id())
              .doFinal(sealed, HEADER + NONCE, KEY + TAG);
      ByteBuffer times = ByteBuffer.wrap(header).position(1);
      return new Generation(entry.id(), times.getLong(), times.getLong(), key, sealed.clone());
    } catch (AEADBadTagException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java has no AES-GCM", e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, int at, byte[] header, String id)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, sealing, new GCMParameterSpec(TAG * Byte.SIZE, nonce, at, NONCE));
    cipher.updateAAD(header);
    cipher.updateAAD(id.getBytes(US_ASCII));
    return cipher;
  }
}
