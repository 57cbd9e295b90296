package dev.ferrule.cli.status;

import dev.ferrule.cli.cert.CertificateText;
import dev.ferrule.host.SafeText;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is told of a certificate that a tunnel shows.
 *
 * @param subject its subject: bounded, and without what changes how a text is shown
 * @param notAfter when it expires
 * @param sha256 its fingerprint
 */
record ShownCertificate(String subject, Instant notAfter, String sha256) {
  /** The leaves of some chains, each once. */
  static List<ShownCertificate> leaves(List<List<X509Certificate>> chains) {
    Map<String, ShownCertificate> all = new LinkedHashMap<>();
    for (List<X509Certificate> chain : chains) {
      ShownCertificate leaf = of(chain.getFirst());
      all.putIfAbsent(leaf.sha256, leaf);
    }
    return List.copyOf(all.values());
  }

  private static ShownCertificate of(X509Certificate certificate) {
    return new ShownCertificate(
        SafeText.of(certificate.getSubjectX500Principal().getName()),
        certificate.getNotAfter().toInstant(),
        CertificateText.sha256(certificate));
  }

  /** Whole days that are left; below zero once it has expired. */
  long daysLeft(Instant now) {
    return Math.floorDiv(Duration.between(now, notAfter).toSeconds(), 86_400L);
  }
}
