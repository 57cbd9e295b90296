package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslOption;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds weak signatures and keys: signatures over weak hashes, and short keys (NIST SP 800-131A).
 */
public final class Strength {
  private static final int RSA_BITS = 2048;
  private static final int EC_BITS = 224;

  private Strength() {}

  /** The signature algorithms with SHA-1 (RFC 3279, RFC 5758). */
  private static final Set<String> SHA_1 =
      Set.of(
          "SHA-1",
          "1.2.840.113549.1.1.5",
          "1.3.14.3.2.29",
          "1.2.840.10045.4.1",
          "1.2.840.10040.4.3");

  /** The signature algorithms of RSA with MD2, MD4 and MD5. */
  private static final Set<String> MD =
      Set.of("1.2.840.113549.1.1.2", "1.2.840.113549.1.1.3", "1.2.840.113549.1.1.4");

  /** Why a signature of that algorithm (an OID) or hash is refused; null when it is accepted. */
  static @Nullable String weakSignature(String algorithm, Set<SslOption> allowed) {
    String hash = SHA_1.contains(algorithm) ? "SHA1" : MD.contains(algorithm) ? "MD5" : "";
    SslOption option = option(hash);
    return option == null || allowed.contains(option)
        ? null
        : "is signed with %s, which can be forged (the option %s accepts it)"
            .formatted(hash, option);
  }

  private static @Nullable SslOption option(String hash) {
    return switch (hash) {
      case "SHA1" -> SslOption.ALLOW_SHA1_CERTIFICATES;
      case "MD5", "MD4", "MD2" -> SslOption.ALLOW_MD5_CERTIFICATES;
      default -> null;
    };
  }

  /** Why the signature of a certificate is refused; null when it is accepted. */
  static @Nullable String weakSignature(X509Certificate certificate, Set<SslOption> allowed) {
    return weak(hash(certificate.getSigAlgName(), certificate.getSigAlgParams()), allowed);
  }

  /** Why the signature of a revocation list is refused; null when it is accepted. */
  static @Nullable String weakSignature(X509CRL list, Set<SslOption> allowed) {
    return weak(hash(list.getSigAlgName(), list.getSigAlgParams()), allowed);
  }

  private static @Nullable String weak(String hash, Set<SslOption> allowed) {
    SslOption option = option(hash);
    return option == null || allowed.contains(option)
        ? null
        : "%s: have it issued anew (the option %s accepts it)".formatted(forgeable(hash), option);
  }

  /** How the signature of a certificate is weak; null when it is not. */
  public static @Nullable String forgeable(X509Certificate certificate) {
    return forgeable(hash(certificate.getSigAlgName(), certificate.getSigAlgParams()));
  }

  private static @Nullable String forgeable(String hash) {
    return switch (hash) {
      case "SHA1" -> "is signed with SHA-1, which can be forged";
      case "MD5", "MD4", "MD2" -> "is signed with " + hash + ", which can be forged";
      default -> null;
    };
  }

  /** The hash of a signature, as the JDK writes it; empty for algorithms without a weak one. */
  private static String hash(String name, byte @Nullable [] parameters) {
    String algorithm = name.toUpperCase(Locale.ROOT);
    if (!algorithm.equals("RSASSA-PSS")) {
      int with = algorithm.indexOf("WITH");
      return with < 0 ? "" : algorithm.substring(0, with).replace("-", "");
    }
    if (parameters == null) {
      return "SHA1"; // the default of RFC 4055 3.1
    }
    try {
      AlgorithmParameters read = AlgorithmParameters.getInstance("RSASSA-PSS");
      read.init(parameters);
      return read.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm().replace("-", "");
    } catch (GeneralSecurityException | java.io.IOException e) {
      return ""; // verifying the signature fails as well
    }
  }

  /** Why the key of a certificate is refused; null when it is accepted. */
  static @Nullable String shortKey(X509Certificate certificate, Set<SslOption> allowed) {
    String fault = allowed.contains(SslOption.ALLOW_SHORT_KEYS) ? null : tooShort(certificate);
    return fault == null
        ? null
        : fault
            + ": have it issued anew (the option "
            + SslOption.ALLOW_SHORT_KEYS
            + " accepts it)";
  }

  /** How the key of a certificate is short; null when it is not. */
  public static @Nullable String tooShort(X509Certificate certificate) {
    return tooShort(certificate.getPublicKey());
  }

  /** How a public or private key is short; null when it is not. */
  public static @Nullable String tooShort(Key key) {
    return switch (key) {
      case RSAKey rsa -> tooShort("RSA", rsa.getModulus().bitLength(), RSA_BITS);
      case DSAKey dsa when dsa.getParams() != null ->
          tooShort("DSA", dsa.getParams().getP().bitLength(), RSA_BITS);
      case ECKey ec -> tooShort("EC", ec.getParams().getOrder().bitLength(), EC_BITS);
      default -> null;
    };
  }

  private static @Nullable String tooShort(String kind, int bits, int least) {
    return bits >= least
        ? null
        : "has %s %s key of %d bits, and %d are the least"
            .formatted(kind.equals("DSA") ? "a" : "an", kind, bits, least);
  }
}
