package dev.ferrule.ssl.records;

import dev.ferrule.spi.RecordKeys;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * The protection of one connection's records (RFC 8446 5.2 and 5.3): its keys in one array, the
 * sequence number of each direction, and, while it is active, two ciphers of its loop.
 *
 * <p>A nonce never repeats: each is made of the sequence number, which is counted up before its
 * record is made, and begins anew only with another key. Far fewer than 2^64 records go by under
 * one key (5.5).
 */
final class RecordProtection {
  /** The records under keys that are no longer used. */
  private static final class Earlier {
    long read;
    long written;
  }

  /** Bytes of the authentication tag. */
  static final int TAG = 16;

  /** What a record adds to its content: header, inner type, tag. */
  static final int OVERHEAD = RecordInput.HEADER + 1 + TAG;

  /** Content of at least this many bytes is encrypted from its array, and not copied before. */
  private static final int LARGE = 4096;

  /** Records after which a connection gets ciphers of its own. */
  private static final int FEW = 8;

  private static final int APPLICATION_DATA = 23;

  private final CipherPool pool;
  final byte[] keys; // reading, then writing: secret, key, vector; then exporter_secret
  private long read;
  private long written;
  @Nullable CipherPair pair; // null when it was idle, or new
  private byte few; // records that went by without a pair
  private boolean erased;
  private @Nullable Earlier earlier; // once a key was replaced

  /** Derives the keys of {@code secrets}, and overwrites those. */
  RecordProtection(CipherPool pool, TrafficSecrets secrets) {
    this.pool = pool;
    int half = pool.suite.direction();
    this.keys = new byte[2 * half + pool.suite.secret];
    this.read = secrets.readSequence;
    this.written = secrets.writeSequence;
    System.arraycopy(secrets.read, 0, keys, 0, secrets.read.length);
    System.arraycopy(secrets.write, 0, keys, half, secrets.write.length);
    System.arraycopy(secrets.exporter, 0, keys, 2 * half, secrets.exporter.length);
    secrets.erase();
    try {
      pool.schedule.expand(keys, 0);
      pool.schedule.expand(keys, half);
      pool.schedule.forget();
    } catch (GeneralSecurityException | ProviderException e) {
      throw broken(e);
    }
  }

  /** Records written under the present key. */
  long written() {
    return written;
  }

  /** Records decrypted under all keys. */
  long allRead() {
    return earlier == null ? read : earlier.read + read;
  }

  /** Records encrypted under all keys. */
  long allWritten() {
    return earlier == null ? written : earlier.written + written;
  }

  private Earlier earlier() {
    Earlier known = earlier;
    if (known == null) {
      known = new Earlier();
      earlier = known;
    }
    return known;
  }

  /** Exported keying material (RFC 8446 7.5). */
  byte[] export(String label, byte @Nullable [] context, int length) {
    if (erased) {
      throw new IllegalStateException("the keys are erased");
    }
    byte[] exporter = Arrays.copyOfRange(keys, 2 * pool.suite.direction(), keys.length);
    try {
      return KeyingMaterial.tls13(
          KeyingMaterial.hash(pool.suite.name()), exporter, label, context, length);
    } finally {
      Arrays.fill(exporter, (byte) 0);
    }
  }

  /** A copy of what protects the next record of one direction, to be erased. */
  RecordKeys keys(boolean ofWriting) {
    if (erased) {
      throw new IllegalStateException("the keys are erased");
    }
    int key = (ofWriting ? pool.suite.direction() : 0) + pool.suite.secret;
    int iv = key + pool.suite.key;
    return new RecordKeys(
        pool.suite.cipher,
        Arrays.copyOfRange(keys, key, iv),
        Arrays.copyOfRange(keys, iv, iv + RecordSuite.IV),
        ofWriting ? written : read);
  }

  /** The next keys for reading (RFC 8446 7.2). */
  void updateRead() {
    update(0);
    earlier().read += read;
    read = 0;
  }

  /** The next keys for writing. */
  void updateWrite() {
    update(pool.suite.direction());
    earlier().written += written;
    written = 0;
  }

  private void update(int start) {
    try {
      pool.schedule.update(keys, start);
      pool.schedule.forget();
    } catch (GeneralSecurityException | ProviderException e) {
      throw broken(e);
    }
  }

  /**
   * Decrypts the record of {@code length} bytes at {@code at}: the length of the inner plaintext at
   * {@code toAt}, with its type and padding; -1 when the record is not authentic.
   */
  int open(byte[] from, int at, int length, byte[] to, int toAt) {
    try {
      Cipher cipher = cipher(false);
      init(cipher, Cipher.DECRYPT_MODE, 0, read++);
      cipher.updateAAD(from, at, RecordInput.HEADER);
      int header = RecordInput.HEADER;
      return cipher.doFinal(from, at + header, length - header, to, toAt);
    } catch (AEADBadTagException e) {
      return -1;
    } catch (GeneralSecurityException | ProviderException e) {
      throw broken(e);
    }
  }

  /** Encrypts {@code n} bytes of {@code source} into a record at the position of {@code room}. */
  void seal(int type, ByteBuffer source, int n, ByteBuffer room) {
    byte[] to = room.array();
    int at = room.arrayOffset() + room.position();
    int content = at + RecordInput.HEADER;
    int length = n + 1 + TAG;
    to[at] = APPLICATION_DATA;
    to[at + 1] = 3;
    to[at + 2] = 3;
    to[at + 3] = (byte) (length >>> 8);
    to[at + 4] = (byte) length;
    try {
      Cipher cipher = cipher(true);
      init(cipher, Cipher.ENCRYPT_MODE, pool.suite.direction(), written++);
      cipher.updateAAD(to, at, RecordInput.HEADER);
      int position = source.position();
      if (n >= LARGE && source.hasArray()) {
        byte[] array = source.array();
        int done = cipher.update(array, source.arrayOffset() + position, n, to, content);
        pool.type[0] = (byte) type;
        cipher.doFinal(pool.type, 0, 1, to, content + done);
      } else {
        room.put(room.position() + RecordInput.HEADER, source, position, n);
        to[content + n] = (byte) type;
        cipher.doFinal(to, content, n + 1, to, content);
      }
      source.position(position + n);
      room.position(room.position() + RecordInput.HEADER + length);
    } catch (GeneralSecurityException | ProviderException e) {
      throw broken(e);
    }
  }

  private void init(Cipher cipher, int mode, int start, long sequence)
      throws GeneralSecurityException {
    int key = start + pool.suite.secret;
    byte[] nonce = pool.nonce;
    System.arraycopy(keys, key + pool.suite.key, nonce, 0, RecordSuite.IV);
    for (int i = 0; i < Long.BYTES; i++) {
      nonce[RecordSuite.IV - 1 - i] ^= (byte) (sequence >>> (8 * i));
    }
    cipher.init(mode, pool.key.at(keys, key, pool.suite.key), pool.suite.nonce(nonce));
  }

  private Cipher cipher(boolean sealing) throws GeneralSecurityException {
    if (erased) {
      throw new IllegalStateException("the keys are erased");
    }
    CipherPair mine = pair;
    if (mine == null) {
      if (few < FEW) {
        few++;
        return pool.common(this, sealing);
      }
      mine = pool.take(this);
      pair = mine;
    }
    mine.used = true;
    return sealing ? mine.sealing : mine.opening;
  }

  /** The pool gave its pair to another connection. */
  void pairLost() {
    pair = null;
    few = 0;
  }

  /** Overwrites the keys; last. */
  void erase() {
    CipherPair mine = pair;
    pair = null;
    erased = true;
    Arrays.fill(keys, (byte) 0);
    pool.end(this, mine);
  }

  /** The error of a cipher or HMAC that fails. */
  static SslError broken(Throwable e) {
    return new SslError(
        Side.OURS,
        Stage.DATA,
        "internal_error",
        SslFailure.BROKEN,
        "the cipher or its keys failed on this side: " + e.getMessage(),
        e);
  }
}
