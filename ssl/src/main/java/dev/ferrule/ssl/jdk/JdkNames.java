package dev.ferrule.ssl.jdk;

import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.trust.NoVerifier;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/** What this JDK has for the handshake, by names. Immutable: any thread. */
final class JdkNames {
  /** The signature schemes that the JDK has; it tells them nowhere, and ignores other names. */
  private static final List<String> SCHEMES =
      List.of(
          "ecdsa_secp256r1_sha256",
          "ecdsa_secp384r1_sha384",
          "ecdsa_secp521r1_sha512",
          "ed25519",
          "ed448",
          "rsa_pss_rsae_sha256",
          "rsa_pss_rsae_sha384",
          "rsa_pss_rsae_sha512",
          "rsa_pss_pss_sha256",
          "rsa_pss_pss_sha384",
          "rsa_pss_pss_sha512",
          "rsa_pkcs1_sha256",
          "rsa_pkcs1_sha384",
          "rsa_pkcs1_sha512");

  private static final List<String> SHA_1 = List.of("rsa_pkcs1_sha1", "ecdsa_sha1");

  private JdkNames() {}

  /** Asked once, when something is chosen by name. */
  private static final class Engine {
    static final SSLParameters DEFAULTS = defaults();

    private static SSLParameters defaults() {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        // With managers of its own it does not read the system's trust store.
        context.init(new KeyManager[0], new TrustManager[] {new NoVerifier()}, null);
        return context.createSSLEngine().getSSLParameters();
      } catch (GeneralSecurityException e) {
        throw new SslConfigException("this JDK has no SSL: " + e.getMessage(), e);
      }
    }
  }

  /** Key exchange groups, the preferred first. */
  static List<String> groups() {
    return Arrays.asList(Engine.DEFAULTS.getNamedGroups());
  }

  /** Signature schemes, those with SHA-1 only where the JDK's policy allows them. */
  static List<String> schemes() {
    return NoSha1Signatures.isPolicy()
        ? SCHEMES
        : Stream.concat(SCHEMES.stream(), SHA_1.stream()).toList();
  }

  /** The versions that the policy allows. */
  static List<String> versions() {
    return Arrays.asList(Engine.DEFAULTS.getProtocols());
  }

  /** The suites that the policy allows. */
  static List<String> suites() {
    return Arrays.asList(Engine.DEFAULTS.getCipherSuites());
  }
}
