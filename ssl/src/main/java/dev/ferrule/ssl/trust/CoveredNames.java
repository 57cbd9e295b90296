package dev.ferrule.ssl.trust;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/** Compares the hosts that a certificate names with those of one that takes its place. */
public final class CoveredNames {
  private CoveredNames() {}

  /**
   * The names and addresses of one certificate that another does not have, as texts. A name is also
   * had by a wildcard that stands for it (RFC 9525 6.3), a wildcard only by the same one.
   *
   * @throws IOException when the names of the other cannot be read; those of the first that cannot
   *     be read are none
   */
  public static List<String> lost(X509Certificate before, X509Certificate after)
      throws IOException {
    List<CertificateName> has = CertificateName.hosts(after);
    return hosts(before).stream()
        .filter(name -> has.stream().noneMatch(other -> covers(other, name)))
        .map(CertificateText::clean)
        .toList();
  }

  private static List<CertificateName> hosts(X509Certificate certificate) {
    try {
      return CertificateName.hosts(certificate);
    } catch (IOException e) {
      return List.of();
    }
  }

  private static boolean covers(CertificateName other, CertificateName name) {
    if (other.type() != name.type()) {
      return false;
    }
    return name.type() == CertificateName.ADDRESS
        ? Arrays.equals(other.bytes(), name.bytes())
        : NamedHost.covers(other, name);
  }
}
