package dev.ferrule.tests.trust;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.EnumMap;
import java.util.Map;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Keys for generated certificates, made when first asked for. For one thread. */
public final class Keys {
  public enum Kind {
    P256("SHA256withECDSA"),
    P384("SHA384withECDSA"),
    ED25519("Ed25519"),
    RSA_2048("SHA256withRSA"),
    RSA_1024("SHA256withRSA"),
    P224("none: for a leaf only"),
    P192("none: for a leaf only");

    public final String signature;

    Kind(String signature) {
      this.signature = signature;
    }
  }

  /** How many keys of a kind there are, so that authorities differ. */
  private static final int EACH = 12;

  private final Map<Kind, KeyPair[]> made = new EnumMap<>(Kind.class);

  public KeyPair get(Kind kind, int number) {
    boolean slow = kind == Kind.RSA_2048 || kind == Kind.RSA_1024;
    int index = number % (slow ? 3 : EACH);
    KeyPair[] pairs = made.computeIfAbsent(kind, k -> new KeyPair[EACH]);
    if (pairs[index] == null) {
      pairs[index] = make(kind);
    }
    return pairs[index];
  }

  private static KeyPair make(Kind kind) {
    try {
      return switch (kind) {
        case P256 -> ec("secp256r1", KeyPairGenerator.getInstance("EC"));
        case P384 -> ec("secp384r1", KeyPairGenerator.getInstance("EC"));
        // The JDK reads these and makes none.
        case P224 ->
            ec("secp224r1", KeyPairGenerator.getInstance("EC", new BouncyCastleProvider()));
        case P192 ->
            ec("secp192r1", KeyPairGenerator.getInstance("EC", new BouncyCastleProvider()));
        case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        case RSA_2048 -> rsa(2048);
        case RSA_1024 -> rsa(1024);
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair ec(String curve, KeyPairGenerator generator)
      throws GeneralSecurityException {
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static KeyPair rsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }
}
