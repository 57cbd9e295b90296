package dev.ferrule.ssl;

import java.security.cert.X509Certificate;
import java.util.Set;

/**
 * A certificate that is trusted: a root, an intermediate, or a peer's own. It may carry the
 * settings of OpenSSL's PEM form {@code TRUSTED CERTIFICATE} (openssl-x509(1), {@code -addtrust}
 * and {@code -addreject}). Immutable: any thread.
 *
 * @param certificate what is trusted
 * @param trusted object identifiers of the extended key usages that it is trusted for, whatever the
 *     certificate says itself; empty when the certificate alone says it
 * @param rejected object identifiers of those that it is not trusted for
 */
public record TrustedCertificate(
    X509Certificate certificate, Set<String> trusted, Set<String> rejected) {

  /**
   * Copies the sets.
   *
   * @param certificate what is trusted
   * @param trusted extended key usages that it is trusted for
   * @param rejected extended key usages that it is not trusted for
   */
  public TrustedCertificate {
    trusted = Set.copyOf(trusted);
    rejected = Set.copyOf(rejected);
  }

  /**
   * A certificate without settings beside its own.
   *
   * @param certificate what is trusted
   * @return the certificate, trusted for what it allows itself
   */
  public static TrustedCertificate of(X509Certificate certificate) {
    return new TrustedCertificate(certificate, Set.of(), Set.of());
  }
}
