package dev.ferrule.cli.check;

import dev.ferrule.ssl.hello.NamedGroup;
import java.security.PublicKey;
import java.security.interfaces.DSAKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;

/** Sizes of keys, and of RSA keys that are as strong (NIST SP 800-57 part 1, table 2). */
final class KeyStrength {
  private KeyStrength() {}

  /** The size of a key in bits, as people name it; 0 when it is of an unknown kind. */
  static int bits(PublicKey key) {
    return switch (key) {
      case RSAKey rsa -> rsa.getModulus().bitLength();
      case DSAKey dsa when dsa.getParams() != null -> dsa.getParams().getP().bitLength();
      case ECKey ec -> ec.getParams().getOrder().bitLength();
      case EdECKey ed -> ed.getParams().getName().equals("Ed448") ? 448 : 256;
      default -> 0;
    };
  }

  static String shown(PublicKey key) {
    String kind = key.getAlgorithm();
    return key instanceof EdECKey ed
        ? ed.getParams().getName()
        : bits(key) == 0 ? kind : kind + " " + bits(key);
  }

  /** Bits of an RSA key that is as strong. */
  static int asRsa(PublicKey key) {
    return key instanceof ECKey || key instanceof EdECKey ? curveAsRsa(bits(key)) : bits(key);
  }

  /** Bits of an RSA key that is as strong as the group; 0 when the group is unknown. */
  static int asRsa(int group) {
    NamedGroup known = NamedGroup.ofId(group).orElse(null);
    if (known == null) {
      return 0;
    }
    return switch (known) {
      case SECP256K1, SECP256R1, BRAINPOOL_P256R1, BRAINPOOL_P256R1_TLS13, CURVE_SM2, X25519 ->
          3072;
      case SECP384R1, BRAINPOOL_P384R1, BRAINPOOL_P384R1_TLS13, X448 -> 7680;
      case SECP521R1, BRAINPOOL_P512R1, BRAINPOOL_P512R1_TLS13 -> 15360;
      case FFDHE2048 -> 2048;
      case FFDHE3072 -> 3072;
      case FFDHE4096 -> 4096;
      case FFDHE6144 -> 6144;
      case FFDHE8192 -> 8192;
      case MLKEM512 -> 3072;
      case MLKEM768, X25519_MLKEM768, SECP256R1_MLKEM768, X25519_KYBER768_DRAFT00 -> 7680;
      case MLKEM1024, SECP384R1_MLKEM1024 -> 15360;
    };
  }

  private static int curveAsRsa(int bits) {
    if (bits < 160) {
      return 512;
    } else if (bits < 224) {
      return 1024;
    } else if (bits < 253) { // X25519 and Ed25519 have 253 bits or so
      return 2048;
    } else if (bits < 384) {
      return 3072;
    }
    return bits < 512 ? 7680 : 15360;
  }
}
