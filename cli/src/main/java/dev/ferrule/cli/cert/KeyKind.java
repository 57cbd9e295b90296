package dev.ferrule.cli.cert;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.spec.ECGenParameterSpec;

/** The kinds of keys that are made. */
public enum KeyKind {
  /** On the curve P-256, which every TLS 1.3 peer has. */
  EC_P256("EC P-256"),

  /** For programs that know no other kind. */
  RSA_2048("RSA 2048");

  private final String title;

  KeyKind(String title) {
    this.title = title;
  }

  /** A new pair. */
  public KeyPair generate() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(this == EC_P256 ? "EC" : "RSA");
    if (this == EC_P256) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    } else {
      generator.initialize(2048);
    }
    return generator.generateKeyPair();
  }

  /** The algorithm that a key, of any kind that a CA may have, signs certificates with. */
  static String signatureOf(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> {
        int bits = key instanceof ECKey ec ? ec.getParams().getOrder().bitLength() : 256;
        yield bits > 384 ? "SHA512withECDSA" : bits > 256 ? "SHA384withECDSA" : "SHA256withECDSA";
      }
      // Ed25519 and Ed448 are the name of the signature too; the JDK's algorithm is EdDSA for both.
      default ->
          key instanceof EdECKey edwards ? edwards.getParams().getName() : key.getAlgorithm();
    };
  }

  @Override
  public String toString() {
    return title;
  }
}
