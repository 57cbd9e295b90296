package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.TrustedCertificate;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads what follows the certificate in OpenSSL's PEM form {@code TRUSTED CERTIFICATE}
 * (X509_CERT_AUX): the extended key usages that it is trusted for, those that it is not trusted
 * for, and a name.
 */
final class TrustSettings {
  private TrustSettings() {}

  /**
   * The certificate with its settings.
   *
   * @param certificate as it was parsed
   * @param der its block, settings included; they may be missing
   * @throws IOException when they are malformed
   */
  static TrustedCertificate of(X509Certificate certificate, byte[] der) throws IOException {
    Set<String> trusted = new HashSet<>();
    Set<String> rejected = new HashSet<>();
    byte[] rest = Arrays.copyOfRange(der, Der.first(der).encoded().length, der.length);
    if (rest.length > 0) {
      for (Der part : Der.whole(rest).expect(Der.SEQUENCE).children()) {
        if (part.is(Der.SEQUENCE)) {
          add(part, trusted);
        } else if (part.is(Der.CONTEXT_0)) {
          add(part, rejected);
        }
      }
    }
    return new TrustedCertificate(certificate, trusted, rejected);
  }

  private static void add(Der usages, Set<String> ids) throws IOException {
    for (Der usage : usages.children()) {
      ids.add(usage.oid());
    }
  }
}
