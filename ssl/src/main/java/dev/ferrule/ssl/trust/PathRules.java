package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import java.io.IOException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a path whose signatures are verified (RFC 5280 6.1). Every check applies to the anchor
 * too, except that of its own signature: an expired authority, or one that may not certify, is
 * refused as an anchor as well.
 */
final class PathRules {
  private static final int CERTIFICATE_SIGNING = 5;
  private static final String ANY_USAGE = "2.5.29.37.0";

  /**
   * The critical extensions that are checked here, or that do not need a check: policies, because
   * no policy is required, and the location of revocation lists.
   */
  private static final Set<String> KNOWN =
      Set.of(
          "2.5.29.14", // subject key identifier
          "2.5.29.15", // key usage
          "2.5.29.17", // subject alternative name
          "2.5.29.18", // issuer alternative name
          "2.5.29.19", // basic constraints
          "2.5.29.30", // name constraints
          "2.5.29.31", // CRL distribution points
          "2.5.29.32", // certificate policies
          "2.5.29.33", // policy mappings
          "2.5.29.35", // authority key identifier
          "2.5.29.36", // policy constraints
          "2.5.29.37", // extended key usage
          "2.5.29.54", // inhibit anyPolicy
          "1.3.6.1.5.5.7.1.24"); // TLS feature, see Stapled

  private final Instant now;
  private final Purpose purpose;
  private final Set<SslOption> allowed;
  private long comparisonsLeft = 250_000;

  PathRules(Instant now, Purpose purpose, Set<SslOption> allowed) {
    this.now = now;
    this.purpose = purpose;
    this.allowed = allowed;
  }

  /** The fault of a path from the peer's certificate to the anchor's; null when it is valid. */
  @Nullable Refusal fault(List<X509Certificate> path, TrustedCertificate anchor) {
    Refusal worst = null;
    int last = path.size() - 1;
    for (int i = 0; i <= last; i++) {
      X509Certificate certificate = path.get(i);
      worst = worse(worst, dates(certificate));
      worst = worse(worst, strength(certificate, i == last));
      worst = worse(worst, criticalExtension(certificate));
      if (i > 0) {
        worst = worse(worst, authority(certificate, i == last));
        worst = worse(worst, length(path, i));
      }
      if (i < last || !lists(anchor.trusted())) {
        worst = worse(worst, usage(certificate, i == 0));
      }
    }
    boolean others = !anchor.trusted().isEmpty() && !lists(anchor.trusted());
    if (others || lists(anchor.rejected())) {
      worst =
          worse(
              worst,
              new Refusal(
                  Reason.DISTRUSTED,
                  CertificateText.of(path.get(last))
                      + " is among the trusted ones, but its own settings (TRUSTED CERTIFICATE) do"
                      + " not allow it to vouch for "
                      + purpose.peers(),
                  path.get(last)));
    }
    return worse(worst, names(path));
  }

  /** Whether the settings of an anchor contain the purpose. */
  private boolean lists(Set<String> usages) {
    return usages.contains(purpose.id()) || usages.contains(ANY_USAGE);
  }

  /** Of two faults of one path, the more serious one in the order of {@link Reason}. */
  private static @Nullable Refusal worse(@Nullable Refusal one, @Nullable Refusal other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.reason().compareTo(other.reason()) >= 0 ? one : other;
  }

  private @Nullable Refusal dates(X509Certificate certificate) {
    Instant start = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    if (now.isBefore(start)) {
      return new Refusal(
          Reason.NOT_YET_VALID,
          "%s is not valid before %s (now it is %s: is the clock right?)"
              .formatted(CertificateText.of(certificate), start, now),
          certificate);
    }
    // Dates have seconds, and the last second is included (RFC 5280 4.1.2.5).
    return now.isBefore(end.plusSeconds(1))
        ? null
        : new Refusal(
            Reason.EXPIRED,
            "%s expired on %s (now it is %s)".formatted(CertificateText.of(certificate), end, now),
            certificate);
  }

  private @Nullable Refusal strength(X509Certificate certificate, boolean anchor) {
    String weak = Strength.shortKey(certificate, allowed);
    if (weak == null && !anchor) {
      weak = Strength.weakSignature(certificate, allowed);
    }
    return weak == null
        ? null
        : new Refusal(Reason.WEAK, CertificateText.of(certificate) + " " + weak, certificate);
  }

  private static @Nullable Refusal criticalExtension(X509Certificate certificate) {
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    if (critical == null || KNOWN.containsAll(critical)) {
      return null;
    }
    Set<String> unknown = new HashSet<>(critical);
    unknown.removeAll(KNOWN);
    return new Refusal(
        Reason.CRITICAL_EXTENSION,
        "%s has the critical extension %s, which is not known here"
            .formatted(CertificateText.of(certificate), String.join(", ", unknown)),
        certificate);
  }

  private static @Nullable Refusal authority(X509Certificate certificate, boolean anchor) {
    // Certificates before version 3 have no basic constraints: as an anchor they are trusted by
    // choice.
    boolean authority =
        certificate.getVersion() < 3 ? anchor : certificate.getBasicConstraints() >= 0;
    boolean[] usage = certificate.getKeyUsage();
    if (authority && (usage == null || usage[CERTIFICATE_SIGNING])) {
      return null;
    }
    return new Refusal(
        Reason.NOT_AN_AUTHORITY,
        CertificateText.of(certificate)
            + " issued another, and is no certificate authority's ("
            + (authority ? "its key usage has no keyCertSign" : "no basic constraints say so")
            + ")",
        certificate);
  }

  private static @Nullable Refusal length(List<X509Certificate> path, int at) {
    X509Certificate authority = path.get(at);
    int below = 0;
    for (X509Certificate certificate : path.subList(1, at)) {
      if (!isSelfIssued(certificate)) {
        below++;
      }
    }
    int most = authority.getBasicConstraints();
    return most < 0 || below <= most
        ? null
        : new Refusal(
            Reason.PATH_LENGTH,
            "%s allows %d authorities below it, and there are %d"
                .formatted(CertificateText.of(authority), most, below),
            authority);
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private @Nullable Refusal usage(X509Certificate certificate, boolean own) {
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      boolean extended =
          purposes == null || purposes.contains(purpose.id()) || purposes.contains(ANY_USAGE);
      boolean[] usage = certificate.getKeyUsage();
      if (extended && (!own || usage == null || usage[purpose.keyUsage()])) {
        return null;
      }
      return new Refusal(
          Reason.PURPOSE,
          CertificateText.of(certificate)
              + " is not for "
              + purpose.peers()
              + (own ? "" : ", nor what it issued")
              + (extended
                  ? " (its key usage does not allow what the handshake needs)"
                  : " (its extended key usage has others)"),
          certificate);
    } catch (CertificateParsingException e) {
      return unreadable(certificate);
    }
  }

  private @Nullable Refusal names(List<X509Certificate> path) {
    List<List<CertificateName>> names = new ArrayList<>();
    for (int i = 1; i < path.size(); i++) {
      X509Certificate authority = path.get(i);
      try {
        NameConstraints constraints = NameConstraints.of(authority);
        for (int below = 0; constraints != null && below < i; below++) {
          X509Certificate certificate = path.get(below);
          if (below > 0 && isSelfIssued(certificate)) {
            continue; // RFC 5280 6.1.3 (b)
          }
          while (names.size() <= below) {
            int next = names.size();
            names.add(CertificateName.all(path.get(next), next == 0 && purpose != Purpose.CLIENT));
          }
          comparisonsLeft -= constraints.comparisons(names.get(below));
          if (comparisonsLeft < 0) {
            return new Refusal(
                Reason.TOO_MANY_PATHS,
                "the peer's certificates have more names and name constraints than are looked at");
          }
          CertificateName forbidden = constraints.forbidden(names.get(below));
          if (forbidden != null) {
            return new Refusal(
                Reason.NAME_CONSTRAINT,
                "%s has the name '%s', which its issuer %s may not certify (name constraints)"
                    .formatted(
                        CertificateText.of(certificate),
                        CertificateText.clean(forbidden),
                        CertificateText.subject(authority)),
                certificate);
          }
        }
      } catch (IOException e) {
        return unreadable(authority);
      }
    }
    return null;
  }

  private static Refusal unreadable(X509Certificate certificate) {
    return new Refusal(
        Reason.UNREADABLE,
        CertificateText.of(certificate)
            + ", or one that it issued, has names, name constraints or usages that cannot be read",
        certificate);
  }
}
