package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import dev.ferrule.ssl.trust.PathResult.Valid;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a path from a peer's certificate to a trust anchor (RFC 5280 6, RFC 4158): depth first,
 * the likeliest issuer first, until all are tried, so that an expired or cross-signed certificate
 * does not hide a path without it. One for each validation; for one thread.
 *
 * <p>A peer can send certificates that all may have issued each other, so the number of steps and
 * of verified signatures is limited.
 */
public final class PathSearch {
  private static final int MOST_STEPS = 400;
  private static final int MOST_SIGNATURES = 100;

  private static final String SUBJECT_KEY = "2.5.29.14";
  private static final String AUTHORITY_KEY = "2.5.29.35";

  /** Whether a certificate was signed by the key of another. */
  private enum Signed {
    YES,
    NO,
    UNSUPPORTED
  }

  private record Link(X509Certificate certificate, X509Certificate issuer) {}

  private record Candidate(X509Certificate certificate, @Nullable TrustedCertificate anchor) {}

  private final List<X509Certificate> presented;
  private final Anchors anchors;
  private final Instant now;
  private final PathRules rules;
  private final Revocation revocation;
  private final Map<Link, Signed> signatures = new HashMap<>();
  private final List<X509Certificate> path = new ArrayList<>();
  private int steps;
  private @Nullable Refusal closest;

  private PathSearch(
      List<X509Certificate> presented,
      Anchors anchors,
      Instant now,
      PathRules rules,
      Revocation revocation) {
    this.presented = List.copyOf(new LinkedHashSet<>(presented));
    this.anchors = anchors;
    this.now = now;
    this.rules = rules;
    this.revocation = revocation;
  }

  /**
   * Validates the certificates that a peer presented.
   *
   * @param presented the peer's own certificate first, then others in any order
   * @param anchors the trust anchors of this side
   * @param now the time at which all certificates of the path must be valid
   * @param purpose what the peer does with its certificate
   * @param allowed options that accept weak signatures or keys
   * @param revocation what was revoked
   * @return a valid path, or why the path that came closest to it is refused
   */
  public static PathResult validate(
      List<X509Certificate> presented,
      Anchors anchors,
      Instant now,
      Purpose purpose,
      Set<SslOption> allowed,
      Revocation revocation) {
    PathRules rules = new PathRules(now, purpose, allowed);
    return new PathSearch(presented, anchors, now, rules, revocation).search();
  }

  private PathResult search() {
    path.add(presented.getFirst());
    if (extend()) {
      return new Valid(List.copyOf(path));
    }
    Refusal found = closest;
    if (found != null && found.reason().compareTo(Reason.BAD_SIGNATURE) < 0) {
      return found;
    }
    if (steps > MOST_STEPS || signatures.size() > MOST_SIGNATURES) {
      return new Refusal(
          Reason.TOO_MANY_PATHS,
          "the peer's certificates allow more paths to an issuer than are looked at: have it send"
              + " only those that it needs");
    }
    return found != null ? found : unknownIssuer();
  }

  /** Extends the path to an anchor; false, with the path unchanged, when none is reached. */
  private boolean extend() {
    X509Certificate last = path.getLast();
    TrustedCertificate itself = anchors.same(last);
    if (itself != null && reaches(itself)) {
      return true;
    }
    for (Candidate candidate : issuers(last)) {
      if (++steps > MOST_STEPS) {
        return false;
      }
      X509Certificate issuer = candidate.certificate();
      switch (signed(last, issuer)) {
        case NO ->
            refuse(
                candidate.anchor() != null && !sameKeyId(last, issuer)
                    ? otherKeyOfThatName(last)
                    : new Refusal(
                        Reason.BAD_SIGNATURE,
                        "the signature of %s is not by the key of its issuer %s: another authority has"
                                .formatted(CertificateText.of(last), CertificateText.issuer(last))
                            + " the same name, or the certificate was changed",
                        last));
        case UNSUPPORTED ->
            refuse(
                new Refusal(
                    Reason.UNSUPPORTED,
                    "the signature of %s (%s, by a key of the kind %s) cannot be verified by this JDK"
                        .formatted(
                            CertificateText.of(last),
                            CertificateText.clean(last.getSigAlgName()),
                            issuer.getPublicKey().getAlgorithm()),
                    last));
        case YES -> {
          path.add(issuer);
          TrustedCertificate anchor = candidate.anchor();
          if (anchor != null ? reaches(anchor) : extend()) {
            return true;
          }
          path.removeLast();
        }
      }
    }
    return false;
  }

  private boolean reaches(TrustedCertificate anchor) {
    Refusal fault = rules.fault(path, anchor);
    if (fault == null || fault.reason().compareTo(Reason.REVOKED) < 0) {
      Refusal status = revocation.fault(path, now);
      fault = status == null ? fault : status; // worse than that it has expired as well
    }
    if (fault != null) {
      refuse(fault);
    }
    return fault == null;
  }

  private void refuse(Refusal refusal) {
    if (closest == null || refusal.reason().compareTo(closest.reason()) < 0) {
      closest = refusal;
    }
  }

  /**
   * The certificates whose subject is the issuer of {@code certificate}: the likeliest first, and
   * anchors before others.
   */
  private List<Candidate> issuers(X509Certificate certificate) {
    List<Candidate> candidates = new ArrayList<>();
    for (TrustedCertificate anchor : anchors.issuersOf(certificate)) {
      if (!isOnPath(anchor.certificate())) {
        candidates.add(new Candidate(anchor.certificate(), anchor));
      }
    }
    for (X509Certificate other : presented) {
      if (other.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
          && !isOnPath(other)
          && anchors.same(other) == null) {
        candidates.add(new Candidate(other, null));
      }
    }
    if (candidates.size() > 1) {
      candidates.sort(Comparator.comparingInt(candidate -> rank(certificate, candidate)));
    }
    return candidates;
  }

  /** Whether the path has a certificate of the same authority: a second one adds nothing. */
  private boolean isOnPath(X509Certificate certificate) {
    for (X509Certificate known : path) {
      if (known.getSubjectX500Principal().equals(certificate.getSubjectX500Principal())
          && known.getPublicKey().equals(certificate.getPublicKey())) {
        return true;
      }
    }
    return false;
  }

  /**
   * A rank for sorting, 0 for the best. Key identifiers and dates are hints only (RFC 5280
   * 4.2.1.1).
   */
  private int rank(X509Certificate certificate, Candidate candidate) {
    X509Certificate issuer = candidate.certificate();
    boolean valid =
        !now.isBefore(issuer.getNotBefore().toInstant())
            && now.isBefore(issuer.getNotAfter().toInstant().plusSeconds(1));
    return (valid ? 0 : 4)
        + (keyIdsMayMatch(certificate, issuer) ? 0 : 2)
        + (candidate.anchor() != null ? 0 : 1);
  }

  private static boolean keyIdsMayMatch(X509Certificate certificate, X509Certificate issuer) {
    return certificate.getExtensionValue(AUTHORITY_KEY) == null
        || issuer.getExtensionValue(SUBJECT_KEY) == null
        || sameKeyId(certificate, issuer);
  }

  private static boolean sameKeyId(X509Certificate certificate, X509Certificate issuer) {
    byte[] wanted = certificate.getExtensionValue(AUTHORITY_KEY);
    byte[] own = issuer.getExtensionValue(SUBJECT_KEY);
    if (wanted == null || own == null || own.length < 4) {
      return false;
    }
    // The DER prefixes: OCTET STRING, OCTET STRING here, and OCTET STRING, SEQUENCE, [0] there.
    byte[] identifier = Arrays.copyOfRange(own, 4, own.length);
    return wanted.length >= identifier.length + 6
        && Arrays.equals(wanted, 6, 6 + identifier.length, identifier, 0, identifier.length);
  }

  private Signed signed(X509Certificate certificate, X509Certificate issuer) {
    Link link = new Link(certificate, issuer);
    Signed known = signatures.get(link);
    if (known == null) {
      known = signatures.size() < MOST_SIGNATURES ? verify(certificate, issuer) : Signed.NO;
      signatures.put(link, known);
    }
    return known;
  }

  private static Signed verify(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return Signed.YES;
    } catch (SignatureException e) {
      String why = String.valueOf(e.getMessage());
      return why.contains("Curve not supported") ? Signed.UNSUPPORTED : Signed.NO;
    } catch (NoSuchAlgorithmException e) {
      return Signed.UNSUPPORTED;
    } catch (InvalidKeyException e) {
      return Signed.NO; // a key of another algorithm
    } catch (GeneralSecurityException | RuntimeException e) {
      return Signed.NO; // damaged input can cause undeclared exceptions
    }
  }

  private static Refusal otherKeyOfThatName(X509Certificate certificate) {
    return new Refusal(
        Reason.UNKNOWN_ISSUER,
        "the peer's certificate was issued by an unknown issuer (%s): one of that name is trusted, but has another key; trust the one that issued it"
            .formatted(CertificateText.issuer(certificate)),
        certificate);
  }

  private Refusal unknownIssuer() {
    X509Certificate own = presented.getFirst();
    if (own.getIssuerX500Principal().equals(own.getSubjectX500Principal())) {
      return new Refusal(
          Reason.UNKNOWN_ISSUER,
          "the peer's certificate (%s) is self-signed and not among the trusted ones: trust it by its file, if it is the right one"
              .formatted(CertificateText.subject(own)),
          own);
    }
    X509Certificate last = own;
    // Follow the peer's certificates: the missing issuer is that of the last one.
    for (int i = 0; i < presented.size(); i++) {
      X509Certificate above = issuerAmong(last);
      if (above == null) {
        break;
      }
      last = above;
    }
    return new Refusal(
        Reason.UNKNOWN_ISSUER,
        "the peer's certificate was issued by an unknown issuer (%s): trust that issuer's certificate, or have the peer send the certificates between"
            .formatted(CertificateText.issuer(last)),
        last);
  }

  private @Nullable X509Certificate issuerAmong(X509Certificate certificate) {
    for (X509Certificate other : presented) {
      if (!other.equals(certificate)
          && other.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
          && signed(certificate, other) == Signed.YES) {
        return other;
      }
    }
    return null;
  }
}
