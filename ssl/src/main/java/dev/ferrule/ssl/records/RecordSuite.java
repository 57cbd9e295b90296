package dev.ferrule.ssl.records;

import dev.ferrule.spi.RecordKeys;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * The cipher suites whose records Ferrule protects itself (RFC 8446 B.4): ChaCha20 only on its way
 * to the kernel, for the providers' libraries are faster at it than the JDK.
 */
public enum RecordSuite {
  /** AES with a key of 128 bits. */
  TLS_AES_128_GCM_SHA256("HmacSHA256", 32, 16, RecordKeys.Cipher.AES_128_GCM),

  /** AES with a key of 256 bits. */
  TLS_AES_256_GCM_SHA384("HmacSHA384", 48, 32, RecordKeys.Cipher.AES_256_GCM),

  /** ChaCha20 with Poly1305. */
  TLS_CHACHA20_POLY1305_SHA256("HmacSHA256", 32, 32, RecordKeys.Cipher.CHACHA20_POLY1305);

  /** Bytes of an initialization vector, and of a nonce (RFC 8446 5.3, RFC 5116 5.1). */
  static final int IV = 12;

  /** The name of the HMAC of its hash. */
  final String mac;

  /** Bytes of a secret: the length of the hash. */
  final int secret;

  /** Bytes of a key. */
  final int key;

  /** The cipher by the name that the system is asked for. */
  final RecordKeys.Cipher cipher;

  RecordSuite(String mac, int secret, int key, RecordKeys.Cipher cipher) {
    this.cipher = cipher;
    this.mac = mac;
    this.secret = secret;
    this.key = key;
  }

  /**
   * The suite of that name by IANA; null when its records are not protected here.
   *
   * @param forKernel whether the kernel is asked to take them over
   */
  public static @Nullable RecordSuite of(String name, boolean forKernel) {
    for (RecordSuite suite : values()) {
      if (suite.name().equals(name)) {
        return forKernel || suite.isAes() ? suite : null;
      }
    }
    return null;
  }

  private boolean isAes() {
    return cipher != RecordKeys.Cipher.CHACHA20_POLY1305;
  }

  /** The name of the JDK's cipher. */
  String transformation() {
    return isAes() ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305";
  }

  /** The name of the algorithm of its keys. */
  String algorithm() {
    return isAes() ? "AES" : "ChaCha20";
  }

  /** What the JDK's cipher is initialized with, beside the key. */
  AlgorithmParameterSpec nonce(byte[] nonce) {
    return isAes()
        ? new GCMParameterSpec(8 * RecordProtection.TAG, nonce)
        : new IvParameterSpec(nonce);
  }

  /** Bytes of the secret, the key and the initialization vector of one direction. */
  int direction() {
    return secret + key + IV;
  }
}
