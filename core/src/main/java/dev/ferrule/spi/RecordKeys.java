package dev.ferrule.spi;

import java.util.Arrays;

/**
 * What protects the records of one direction of a TLS 1.3 connection (RFC 8446 5.2, 7.3). The
 * arrays belong to whoever made it, who overwrites them ({@link #erase}).
 */
public final class RecordKeys {
  /** The ciphers of TLS 1.3. */
  public enum Cipher {
    /** AES-GCM with a key of 128 bits. */
    AES_128_GCM,
    /** AES-GCM with a key of 256 bits. */
    AES_256_GCM,
    /** ChaCha20-Poly1305. */
    CHACHA20_POLY1305
  }

  private final Cipher cipher;
  private final byte[] key;
  private final byte[] iv;
  private final long sequence;

  /**
   * The keys of one direction.
   *
   * @param key of the cipher's length
   * @param iv 12 bytes
   * @param sequence the number of the next record
   */
  public RecordKeys(Cipher cipher, byte[] key, byte[] iv, long sequence) {
    this.cipher = cipher;
    this.key = key;
    this.iv = iv;
    this.sequence = sequence;
  }

  /** What they are for. */
  public Cipher cipher() {
    return cipher;
  }

  /** The key, not a copy. */
  public byte[] key() {
    return key;
  }

  /** The initialization vector, not a copy. */
  public byte[] iv() {
    return iv;
  }

  /** The number of the next record. */
  public long sequence() {
    return sequence;
  }

  /** Overwrites them. */
  public void erase() {
    Arrays.fill(key, (byte) 0);
    Arrays.fill(iv, (byte) 0);
  }

  /** Not the key. */
  @Override
  public String toString() {
    return "keys of " + cipher;
  }
}
