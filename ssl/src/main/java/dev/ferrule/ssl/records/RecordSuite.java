package dev.ferrule.ssl.records;

import dev.ferrule.spi.RecordKeys;
import org.jspecify.annotations.Nullable;

/**
 * The cipher suites whose records Ferrule protects itself (RFC 8446 B.4). TLS_CHACHA20_POLY1305 is
 * left to the providers' libraries, which are faster than the JDK at it.
 */
public enum RecordSuite {
  /** AES with a key of 128 bits. */
  TLS_AES_128_GCM_SHA256("HmacSHA256", 32, 16),

  /** AES with a key of 256 bits. */
  TLS_AES_256_GCM_SHA384("HmacSHA384", 48, 32);

  /** The cipher by the name that the system is asked for. */
  RecordKeys.Cipher cipher() {
    return this == TLS_AES_128_GCM_SHA256
        ? RecordKeys.Cipher.AES_128_GCM
        : RecordKeys.Cipher.AES_256_GCM;
  }

  /** Bytes of an initialization vector, and of a nonce (RFC 8446 5.3, RFC 5116 5.1). */
  static final int IV = 12;

  /** The name of the HMAC of its hash. */
  final String mac;

  /** Bytes of a secret: the length of the hash. */
  final int secret;

  /** Bytes of a key. */
  final int key;

  RecordSuite(String mac, int secret, int key) {
    this.mac = mac;
    this.secret = secret;
    this.key = key;
  }

  /** The suite of that name by IANA; null when its records are not protected here. */
  public static @Nullable RecordSuite of(String name) {
    for (RecordSuite suite : values()) {
      if (suite.name().equals(name)) {
        return suite;
      }
    }
    return null;
  }

  /** Bytes of the secret, the key and the initialization vector of one direction. */
  int direction() {
    return secret + key + IV;
  }
}
