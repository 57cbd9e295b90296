package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.TrustedCertificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The trust anchors of a context, found by subject. Immutable: any thread. */
public final class Anchors {
  private final Map<X500Principal, List<TrustedCertificate>> bySubject = new HashMap<>();
  private final List<TrustedCertificate> all;

  /** Exactly these; of equal certificates the first is kept. */
  public Anchors(Collection<TrustedCertificate> anchors) {
    List<TrustedCertificate> kept = new ArrayList<>();
    for (TrustedCertificate anchor : anchors) {
      List<TrustedCertificate> same =
          bySubject.computeIfAbsent(
              anchor.certificate().getSubjectX500Principal(), name -> new ArrayList<>(1));
      if (same.stream().noneMatch(known -> known.certificate().equals(anchor.certificate()))) {
        same.add(anchor);
        kept.add(anchor);
      }
    }
    all = List.copyOf(kept);
  }

  /** Plain certificates as anchors. */
  public static Anchors of(Collection<X509Certificate> certificates) {
    return new Anchors(certificates.stream().map(TrustedCertificate::of).toList());
  }

  /** In the order in which they were given. */
  public List<X509Certificate> certificates() {
    return all.stream().map(TrustedCertificate::certificate).toList();
  }

  /** Those whose subject is the issuer of {@code certificate}. */
  List<TrustedCertificate> issuersOf(X509Certificate certificate) {
    return bySubject.getOrDefault(certificate.getIssuerX500Principal(), List.of());
  }

  /** The anchor with this certificate; null when there is none. */
  @Nullable TrustedCertificate same(X509Certificate certificate) {
    for (TrustedCertificate anchor :
        bySubject.getOrDefault(certificate.getSubjectX500Principal(), List.of())) {
      if (anchor.certificate().equals(certificate)) {
        return anchor;
      }
    }
    return null;
  }
}
