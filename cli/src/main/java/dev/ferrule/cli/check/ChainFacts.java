package dev.ferrule.cli.check;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.trust.Anchors;
import dev.ferrule.ssl.trust.OcspResponse;
import dev.ferrule.ssl.trust.PathResult;
import dev.ferrule.ssl.trust.PathSearch;
import dev.ferrule.ssl.trust.Purpose;
import dev.ferrule.ssl.trust.Reason;
import dev.ferrule.ssl.trust.Revocation;
import dev.ferrule.ssl.trust.Stapled;
import dev.ferrule.ssl.trust.UnacceptableCertificate;
import dev.ferrule.ssl.trust.Verifier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a server's certificates are worth, as its clients judge them. Immutable.
 *
 * @param certificates as they came, the leaf first
 * @param trustedBy the trust anchor at the end of a valid path
 * @param reason why there is no valid path; null when there is one
 * @param refusal the sentence for that
 * @param hostFault why the leaf does not name the host
 * @param ordered whether each was issued by the next (RFC 5246 7.4.2)
 * @param staple what came as an OCSP response
 */
record ChainFacts(
    List<X509Certificate> certificates,
    Optional<String> trustedBy,
    @Nullable Reason reason,
    Optional<String> refusal,
    Optional<String> hostFault,
    boolean ordered,
    Staple staple) {

  /**
   * An OCSP response that came with the leaf.
   *
   * @param sent whether one came
   * @param fault what is wrong with it
   * @param until when it ends
   */
  record Staple(boolean sent, Optional<String> fault, Optional<Instant> until) {
    static final Staple NONE = new Staple(false, Optional.empty(), Optional.empty());
  }

  /** Empty when a certificate cannot be read. */
  static Optional<List<X509Certificate>> parse(List<byte[]> der) {
    List<X509Certificate> parsed = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (byte[] each : der) {
        parsed.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(each)));
      }
      return parsed.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(parsed));
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }

  /** Judges certificates for a host; {@code staple} is null when none came. */
  static ChainFacts judge(
      List<X509Certificate> chain,
      String host,
      Anchors anchors,
      byte @Nullable [] staple,
      Instant now) {
    PathResult path =
        PathSearch.validate(chain, anchors, now, Purpose.SERVER, Set.of(), Revocation.NONE);
    Optional<String> trustedBy = Optional.empty();
    Reason reason = null;
    Optional<String> refusal = Optional.empty();
    X509Certificate issuer = chain.size() > 1 ? chain.get(1) : null;
    switch (path) {
      case PathResult.Valid valid -> {
        trustedBy = Optional.of(subject(valid.certificates().getLast()));
        issuer = valid.certificates().size() > 1 ? valid.certificates().get(1) : issuer;
      }
      case PathResult.Refusal found -> {
        reason = found.reason();
        refusal = Optional.of(found.sentence());
      }
    }
    return new ChainFacts(
        chain,
        trustedBy,
        reason,
        refusal,
        hostFault(chain, host),
        isOrdered(chain),
        judged(staple, chain.getFirst(), issuer, now));
  }

  private static Optional<String> hostFault(List<X509Certificate> chain, String host) {
    try {
      Verifier.verifyHost(chain.toArray(X509Certificate[]::new), host);
      return Optional.empty();
    } catch (UnacceptableCertificate e) {
      return Optional.of(e.sentence());
    }
  }

  private static boolean isOrdered(List<X509Certificate> chain) {
    for (int i = 1; i < chain.size(); i++) {
      if (!chain
          .get(i)
          .getSubjectX500Principal()
          .equals(chain.get(i - 1).getIssuerX500Principal())) {
        return false;
      }
    }
    return true;
  }

  private static Staple judged(
      byte @Nullable [] staple,
      X509Certificate leaf,
      @Nullable X509Certificate issuer,
      Instant now) {
    if (staple == null || staple.length == 0) {
      return Staple.NONE;
    }
    try {
      OcspResponse response = OcspResponse.parse(staple);
      PathResult.Refusal fault = response.fault(leaf, issuer, now, Set.of());
      Instant until = response.until(leaf);
      return new Staple(
          true,
          Optional.ofNullable(fault).map(PathResult.Refusal::sentence),
          until.equals(Instant.EPOCH) ? Optional.empty() : Optional.of(until));
    } catch (IOException e) {
      return new Staple(
          true,
          Optional.of("cannot be read: " + SafeText.of(String.valueOf(e.getMessage()))),
          Optional.empty());
    }
  }

  X509Certificate leaf() {
    return certificates.getFirst();
  }

  boolean mustStaple() {
    return Stapled.isDemandedBy(leaf());
  }

  /** Whole days until the first of them ends; negative when one has ended. */
  long daysLeft(Instant now) {
    Instant end =
        certificates.stream()
            .filter(each -> !isSelfIssued(each) || each.equals(leaf()))
            .map(each -> each.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElseThrow();
    return Math.floorDiv(Duration.between(now, end).toSeconds(), 86_400L);
  }

  /** Whether a self-issued certificate came behind others: no client needs it. */
  boolean sendsRoot() {
    return certificates.stream().skip(1).anyMatch(ChainFacts::isSelfIssued);
  }

  static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  static String subject(X509Certificate certificate) {
    return SafeText.of(certificate.getSubjectX500Principal().getName());
  }

  static String issuer(X509Certificate certificate) {
    return SafeText.of(certificate.getIssuerX500Principal().getName());
  }
}
