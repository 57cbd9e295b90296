package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.keys.Der;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An OCSP response (RFC 6960), as servers staple it to their certificate (RFC 6066 8, RFC 8446
 * 4.4.2.1). It counts when it is signed by the issuer of the certificate, or by a responder that
 * the issuer has certified for that, and when it is in date. Immutable: any thread.
 */
public final class OcspResponse {
  /** How far the clocks of two machines may be apart: OpenSSL's value. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final int ENUMERATED = 0x0A;
  private static final int CONTEXT_2 = 0xA2;
  private static final int MOST_CERTIFICATES = 10;
  private static final String BASIC = "1.3.6.1.5.5.7.48.1.1";
  private static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
  private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";

  private static final List<String> STATUS =
      List.of(
          "successful",
          "malformedRequest",
          "internalError",
          "tryLater",
          "4",
          "sigRequired",
          "unauthorized");

  private final byte[] encoded;
  private final byte[] signed;
  private final Der responder;
  private final List<CertificateStatus> statuses = new ArrayList<>();
  private final Der algorithm;
  private final byte[] signature;
  private final List<byte[]> certificates = new ArrayList<>();

  private OcspResponse(byte[] encoded) throws IOException {
    this.encoded = encoded.clone();
    Der whole = Der.whole(this.encoded).expect(Der.SEQUENCE);
    byte[] status = whole.child(0).expect(ENUMERATED).content();
    if (status.length != 1 || status[0] != 0) {
      int code = status.length == 1 ? status[0] : -1;
      String word = code > 0 && code < STATUS.size() ? STATUS.get(code) : "" + code;
      throw new IOException("the responder had no answer (" + word + ")");
    }
    Der bytes = whole.child(1).expect(Der.CONTEXT_0).child(0).expect(Der.SEQUENCE);
    if (!bytes.child(0).oid().equals(BASIC)) {
      throw new IOException("it is of an unknown type");
    }
    Der basic = Der.whole(bytes.child(1).expect(Der.OCTET_STRING).content()).expect(Der.SEQUENCE);
    this.signed = basic.child(0).encoded();
    this.algorithm = basic.child(1).expect(Der.SEQUENCE);
    byte[] bits = basic.child(2).expect(Der.BIT_STRING).content();
    if (bits.length < 2 || bits[0] != 0) {
      throw new IOException("its signature is malformed");
    }
    this.signature = Arrays.copyOfRange(bits, 1, bits.length);
    List<Der> data = new ArrayList<>(basic.child(0).expect(Der.SEQUENCE).children());
    if (!data.isEmpty() && data.getFirst().is(Der.CONTEXT_0)) {
      data.removeFirst(); // the version
    }
    if (data.size() < 3) {
      throw new IOException("it has too few parts");
    }
    this.responder = data.get(0);
    for (Der single : data.get(2).expect(Der.SEQUENCE).children()) {
      statuses.add(CertificateStatus.of(single));
    }
    if (data.size() > 3) {
      CertificateStatus.requireKnown(data.get(3).expect(Der.CONTEXT_1));
    }
    List<Der> parts = basic.children();
    if (parts.size() > 3) {
      List<Der> sent = parts.get(3).expect(Der.CONTEXT_0).child(0).children();
      for (Der certificate : sent.subList(0, Math.min(sent.size(), MOST_CERTIFICATES))) {
        certificates.add(certificate.encoded());
      }
    }
  }

  /**
   * Reads a response; the signature is not verified yet.
   *
   * @throws IOException when it is none, says that the responder had no answer, or has a critical
   *     extension
   */
  public static OcspResponse parse(byte[] der) throws IOException {
    return new OcspResponse(der);
  }

  /** A copy of its bytes. */
  public byte[] encoded() {
    return encoded.clone();
  }

  /** Whether it says anything of the certificate; {@code issuer} is null when it is not known. */
  public boolean isAbout(X509Certificate certificate, @Nullable X509Certificate issuer) {
    return statusOf(certificate, issuer) != null;
  }

  /** Until when what it says of the certificate counts; the epoch when it says nothing. */
  public Instant until(X509Certificate certificate) {
    CertificateStatus status = statusOf(certificate, null);
    Instant end = status == null ? null : status.nextUpdate();
    return end == null ? Instant.EPOCH : end;
  }

  private @Nullable CertificateStatus statusOf(
      X509Certificate certificate, @Nullable X509Certificate issuer) {
    return statuses.stream()
        .filter(each -> each.isAbout(certificate, issuer))
        .findFirst()
        .orElse(null);
  }

  /**
   * Why it does not say that a certificate is good; null when it does.
   *
   * @param issuer the issuer of the certificate; null when it is not known, and then the signature
   *     is not verified
   */
  public @Nullable Refusal fault(
      X509Certificate certificate,
      @Nullable X509Certificate issuer,
      Instant now,
      Set<SslOption> allowed) {
    CertificateStatus status = statusOf(certificate, issuer);
    if (status == null) {
      return bad("is about another certificate than " + CertificateText.of(certificate));
    }
    String unsigned = issuer == null ? null : signatureFault(issuer, now, allowed);
    if (unsigned != null) {
      return bad(unsigned);
    }
    if (status.thisUpdate().isAfter(now.plus(SKEW))) {
      return bad(
          "is of %s, which is in the future (is the clock right?)".formatted(status.thisUpdate()));
    }
    Instant end = status.nextUpdate();
    if (end == null) {
      return bad("does not say until when it counts");
    }
    if (end.plus(SKEW).isBefore(now)) {
      return bad("expired on " + end);
    }
    return switch (status.status()) {
      case GOOD -> null;
      case REVOKED ->
          new Refusal(
              Reason.REVOKED,
              CertificateText.of(certificate) + status.revoked() + ", its OCSP response says");
      case UNKNOWN -> bad("does not know " + CertificateText.of(certificate));
    };
  }

  private static Refusal bad(String fault) {
    return new Refusal(Reason.STAPLE, "the OCSP response " + fault);
  }

  /** Why nobody who may has signed it; null when somebody has. */
  private @Nullable String signatureFault(
      X509Certificate issuer, Instant now, Set<SslOption> allowed) {
    try {
      String weak = Strength.weakSignature(hashed(), allowed);
      if (weak != null) {
        return weak;
      }
      if (names(issuer)) {
        return isSignedBy(issuer.getPublicKey()) ? null : "is not signed by its issuer's key";
      }
      for (byte[] sent : certificates) {
        X509Certificate certificate =
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(sent));
        if (names(certificate)) {
          String fault = responderFault(certificate, issuer, now, allowed);
          return fault != null || isSignedBy(certificate.getPublicKey())
              ? fault
              : "is not signed by the key of its responder";
        }
      }
      return "is signed by an unknown responder";
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      return "has a signature that cannot be verified: " + CertificateText.clean(e);
    }
  }

  /** Whether the responder's name or key in the response is that of the certificate. */
  private boolean names(X509Certificate certificate) throws IOException {
    if (responder.is(Der.CONTEXT_1)) {
      return Arrays.equals(
          responder.child(0).encoded(), certificate.getSubjectX500Principal().getEncoded());
    }
    byte[] hash = responder.expect(CONTEXT_2).child(0).expect(Der.OCTET_STRING).content();
    return CertificateStatus.hash("SHA-1", CertificateStatus.keyBits(certificate.getPublicKey()))
        .equals(CertificateStatus.hex(hash));
  }

  /** A responder of its own needs a certificate by the issuer, for that purpose (4.2.2.2). */
  private static @Nullable String responderFault(
      X509Certificate certificate, X509Certificate issuer, Instant now, Set<SslOption> allowed)
      throws GeneralSecurityException {
    List<String> purposes = certificate.getExtendedKeyUsage();
    boolean issued = certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
    if (!issued || purposes == null || !purposes.contains(OCSP_SIGNING)) {
      return "is signed by a responder that the certificate's issuer has not allowed to";
    }
    certificate.verify(issuer.getPublicKey());
    if (now.isBefore(certificate.getNotBefore().toInstant())
        || now.isAfter(certificate.getNotAfter().toInstant())) {
      return "is signed by a responder whose certificate is not in date";
    }
    String weak = Strength.weakSignature(certificate, allowed);
    weak = weak == null ? Strength.shortKey(certificate, allowed) : weak;
    return weak == null ? null : "is signed by a responder whose certificate " + weak;
  }

  /** What names its hash: of RSASSA-PSS the hash itself, else the algorithm, an OID. */
  private String hashed() throws GeneralSecurityException, IOException {
    String oid = algorithm.child(0).oid();
    return oid.equals(RSASSA_PSS) ? pss().getDigestAlgorithm() : oid;
  }

  private PSSParameterSpec pss() throws GeneralSecurityException, IOException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
    parameters.init(algorithm.child(1).encoded());
    return parameters.getParameterSpec(PSSParameterSpec.class);
  }

  private boolean isSignedBy(PublicKey key) throws GeneralSecurityException, IOException {
    String oid = algorithm.child(0).oid();
    Signature verifier;
    if (oid.equals(RSASSA_PSS)) {
      verifier = Signature.getInstance("RSASSA-PSS");
      verifier.setParameter(pss());
    } else {
      verifier = Signature.getInstance(oid);
    }
    verifier.initVerify(key);
    verifier.update(signed);
    return verifier.verify(signature);
  }
}
