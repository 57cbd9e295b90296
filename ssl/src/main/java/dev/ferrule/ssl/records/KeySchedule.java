package dev.ferrule.ssl.records;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;

/**
 * Keys from traffic secrets (RFC 8446 7.2 and 7.3). One direction of a connection is a run of an
 * array: the secret, the key, the initialization vector. For one suite and one loop's thread.
 *
 * <p>This is HMAC and not the JDK's HKDF, which looks its HMAC up for each key: a handshake needs
 * four, and would cost some microseconds more.
 */
final class KeySchedule {
  private static final byte[] KEY = label("key");
  private static final byte[] IV = label("iv");
  private static final byte[] UPDATE = label("traffic upd");

  private static final byte[] NO_SECRET = new byte[48];

  private final RecordSuite suite;
  private final Mac mac;
  private final LentKey secret = new LentKey("HMAC");
  private final byte[] block;

  KeySchedule(RecordSuite suite) throws GeneralSecurityException {
    this.suite = suite;
    this.mac = Mac.getInstance(suite.mac);
    this.block = new byte[suite.secret];
  }

  /** The label of HkdfLabel with its length before it, an empty context, and HKDF's counter. */
  private static byte[] label(String name) {
    byte[] text = ("tls13 " + name).getBytes(StandardCharsets.US_ASCII);
    byte[] info = new byte[1 + text.length + 2];
    info[0] = (byte) text.length;
    System.arraycopy(text, 0, info, 1, text.length);
    info[info.length - 1] = 1;
    return info;
  }

  /** Derives the key and the initialization vector from the secret at {@code start}. */
  void expand(byte[] keys, int start) throws GeneralSecurityException {
    mac.init(secret.at(keys, start, suite.secret));
    int key = start + suite.secret;
    expandLabel(KEY, keys, key, suite.key);
    expandLabel(IV, keys, key + suite.key, RecordSuite.IV);
  }

  /** The next secret, key and initialization vector of a direction. */
  void update(byte[] keys, int start) throws GeneralSecurityException {
    mac.init(secret.at(keys, start, suite.secret));
    expandLabel(UPDATE, keys, start, suite.secret);
    expand(keys, start);
  }

  /** Makes the HMAC forget the secret that it had last. */
  void forget() throws GeneralSecurityException {
    mac.init(secret.at(NO_SECRET, 0, suite.secret));
  }

  /** HKDF-Expand-Label of at most one block of the hash (RFC 8446 7.1, RFC 5869 2.3). */
  private void expandLabel(byte[] label, byte[] to, int at, int length)
      throws ShortBufferException {
    mac.update((byte) 0);
    mac.update((byte) length);
    mac.update(label);
    mac.doFinal(block, 0);
    System.arraycopy(block, 0, to, at, length);
    Arrays.fill(block, (byte) 0);
  }
}
