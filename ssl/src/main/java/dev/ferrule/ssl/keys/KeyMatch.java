package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslConfigException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a private key belongs to the first certificate: compares the modulus or the public
 * point where both have it, else signs and verifies, which also works for a key in a hardware
 * token.
 */
public final class KeyMatch {
  private KeyMatch() {}

  static void check(PrivateKey key, List<X509Certificate> chain, String keyName, String chainName) {
    if (chain.isEmpty()) {
      throw new SslConfigException(
          "%s is empty; give at least the certificate of the key.".formatted(chainName));
    }
    for (int i = 0; i < chain.size(); i++) {
      if (matches(key, chain.get(i).getPublicKey(), keyName)) {
        if (i > 0) {
          throw new SslConfigException(
              ("%s belongs to the certificate of %s, which is number %d of %d in %s; put that first"
                      + " and the CA certificates after it.")
                  .formatted(
                      keyName, Certificates.subject(chain.get(i)), i + 1, chain.size(), chainName));
        }
        return;
      }
    }
    throw new SslConfigException(
        ("%s does not belong to the certificate of %s in %s; give the key that this certificate"
                + " was made with.")
            .formatted(keyName, Certificates.subject(chain.get(0)), chainName));
  }

  /**
   * Whether a private key and a public key are of one pair.
   *
   * @throws SslConfigException when the private key cannot sign
   */
  public static boolean matches(PrivateKey key, PublicKey publicKey, String keyName) {
    if (key instanceof RSAKey rsaKey && publicKey instanceof RSAKey rsaPublic) {
      return rsaKey.getModulus().equals(rsaPublic.getModulus());
    }
    if (publicKey instanceof ECPublicKey ecPublic && isOf(key, ecPublic)) {
      return true;
    }
    byte[] challenge = new byte[32];
    new SecureRandom().nextBytes(challenge);
    byte[] signed = sign(key, challenge, keyName);
    try {
      Signature verifier = signature(key);
      verifier.initVerify(publicKey);
      verifier.update(challenge);
      return verifier.verify(signed);
    } catch (GeneralSecurityException | RuntimeException e) {
      // A public key of another algorithm or curve is refused rather than compared.
      return false;
    }
  }

  /**
   * Compares the public point that is stored with the key: a first signature takes longer than
   * everything else at start.
   */
  private static boolean isOf(PrivateKey key, ECPublicKey ecPublic) {
    try {
      byte[] point = publicPoint(key);
      return point != null
          && Arrays.equals(
              point, Der.whole(ecPublic.getEncoded()).child(1).expect(Der.BIT_STRING).content());
    } catch (IOException e) {
      return false;
    }
  }

  /** The public key that most files store with an EC key (RFC 5915 3); null when it is missing. */
  private static byte @Nullable [] publicPoint(PrivateKey key) throws IOException {
    byte[] encoded = key.getEncoded();
    if (encoded == null || !"PKCS#8".equals(key.getFormat())) {
      return null;
    }
    Der ecKey = Der.whole(Der.whole(encoded).child(2).expect(Der.OCTET_STRING).content());
    for (Der part : ecKey.children()) {
      if (part.is(Der.CONTEXT_1)) {
        return part.child(0).expect(Der.BIT_STRING).content();
      }
    }
    return null;
  }

  private static byte[] sign(PrivateKey key, byte[] challenge, String keyName) {
    try {
      Signature signer = signature(key);
      signer.initSign(key);
      signer.update(challenge);
      return signer.sign();
    } catch (GeneralSecurityException | RuntimeException e) {
      if (key.getAlgorithm().equals("EC")) {
        throw PrivateKeys.unusableEc(keyName);
      }
      throw new SslConfigException(
          "%s cannot sign (algorithm %s): it is damaged or of no use to TLS; make another."
              .formatted(keyName, key.getAlgorithm()));
    }
  }

  private static Signature signature(PrivateKey key) throws GeneralSecurityException {
    return switch (key.getAlgorithm()) {
      case "RSA" -> Signature.getInstance("SHA256withRSA");
      case "EC", "ECDSA" -> Signature.getInstance("SHA256withECDSA");
      case "RSASSA-PSS" -> {
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        yield pss;
      }
      default -> Signature.getInstance(key.getAlgorithm());
    };
  }
}
