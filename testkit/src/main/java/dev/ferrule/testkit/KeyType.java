package dev.ferrule.testkit;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;

/** The kinds of keys that a {@link ThrowawayCa} makes. Any thread. */
public enum KeyType {
  /** ECDSA on P-256: a new key for every certificate. */
  EC_P256("SHA256withECDSA"),
  /** RSA of 2048 bits: one key for each JVM, because generating it takes about 0.1 s. */
  RSA_2048("SHA256withRSA"),
  /** Ed25519: a new key for every certificate. */
  ED25519("Ed25519");

  private final String signature;

  KeyType(String signature) {
    this.signature = signature;
  }

  String signature() {
    return signature;
  }

  KeyPair generate() {
    try {
      return switch (this) {
        case EC_P256 -> {
          KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
          generator.initialize(new ECGenParameterSpec("secp256r1"));
          yield generator.generateKeyPair();
        }
        case RSA_2048 -> CachedRsa.PAIR;
        case ED25519 ->
            KeyPairGenerator.getInstance(NamedParameterSpec.ED25519.getName()).generateKeyPair();
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make a key of type " + this, e);
    }
  }

  private static final class CachedRsa {
    static final KeyPair PAIR = make();

    private static KeyPair make() {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JDK cannot make an RSA key", e);
      }
    }
  }
}
