package dev.ferrule.cli.cert;

import java.security.AlgorithmParameters;
import java.security.AsymmetricKey;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.interfaces.DSAKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;

/** Kinds of keys, public and private, in words. Nothing of a private key is in them. */
final class KeyText {
  private KeyText() {}

  static String of(Key key) {
    return switch (key) {
      case RSAKey rsa -> key.getAlgorithm() + " " + rsa.getModulus().bitLength();
      case ECKey ec -> "EC " + curve(ec.getParams());
      case DSAKey dsa when dsa.getParams() != null -> "DSA " + dsa.getParams().getP().bitLength();
      case AsymmetricKey other when other.getParams() instanceof NamedParameterSpec named ->
          named.getName();
      default -> key.getAlgorithm();
    };
  }

  private static String curve(ECParameterSpec curve) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(curve);
      String oid = parameters.getParameterSpec(ECGenParameterSpec.class).getName();
      return switch (oid) {
        case "1.2.840.10045.3.1.7", "secp256r1" -> "P-256";
        case "1.3.132.0.34", "secp384r1" -> "P-384";
        case "1.3.132.0.35", "secp521r1" -> "P-521";
        default -> oid;
      };
    } catch (GeneralSecurityException e) {
      return "of " + curve.getOrder().bitLength() + " bits";
    }
  }
}
