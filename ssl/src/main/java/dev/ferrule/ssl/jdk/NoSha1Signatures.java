package dev.ferrule.ssl.jdk;

import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.security.Security;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Forbids SHA-1 as a signature of the handshake itself (RFC 9155), whatever the JDK's policy says.
 * Immutable: any thread.
 */
final class NoSha1Signatures implements AlgorithmConstraints {
  static final String POLICY = "jdk.tls.disabledAlgorithms";

  private static final Set<String> SCHEMES = Set.of("rsa_pkcs1_sha1", "ecdsa_sha1", "dsa_sha1");

  /** Whether the JDK's policy forbids one of them too. */
  static boolean isPolicy() {
    String policy = String.valueOf(Security.getProperty(POLICY)).toLowerCase(Locale.ROOT);
    return SCHEMES.stream().anyMatch(policy::contains);
  }

  private static boolean permits(String algorithm) {
    return !SCHEMES.contains(algorithm.toLowerCase(Locale.ROOT));
  }

  @Override
  public boolean permits(
      Set<CryptoPrimitive> primitives, String algorithm, @Nullable AlgorithmParameters parameters) {
    return permits(algorithm);
  }

  @Override
  public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
    return true;
  }

  @Override
  public boolean permits(
      Set<CryptoPrimitive> primitives,
      String algorithm,
      Key key,
      @Nullable AlgorithmParameters parameters) {
    return permits(algorithm);
  }
}
