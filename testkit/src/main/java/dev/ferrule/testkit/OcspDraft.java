package dev.ferrule.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/**
 * An OCSP response of a {@link ThrowawayCa}. Each method changes it and returns it. For one thread.
 */
public final class OcspDraft {
  private static final int KEY_COMPROMISE = 1;

  /** Who signs it. */
  public enum Signer {
    /** The authority itself. */
    ISSUER,
    /** A responder that the authority has certified for it. */
    RESPONDER,
    /** A responder with a certificate of the authority that is not for it. */
    WRONG_PURPOSE,
    /** A responder with an expired certificate for it. */
    EXPIRED_RESPONDER,
    /** A responder that another authority of the same name has certified. */
    STRANGER
  }

  private final Authority root;
  private final X509Certificate rootCertificate;
  private final X509Certificate about;
  private Signer signer = Signer.ISSUER;
  private CertificateStatus status = CertificateStatus.GOOD;
  private Instant thisUpdate = Instant.now().minus(Duration.ofHours(1));
  private @Nullable Instant nextUpdate = Instant.now().plus(Duration.ofDays(1));
  private boolean byKey;
  private boolean critical;
  private String signature;

  OcspDraft(Authority root, X509Certificate rootCertificate, X509Certificate about) {
    this.root = root;
    this.rootCertificate = rootCertificate;
    this.about = about;
    this.signature = root.type().signature();
  }

  /** Signed by that one; by default the issuer. */
  public OcspDraft signer(Signer who) {
    signer = who;
    return this;
  }

  /** Says that it was revoked at that time, because its key was told. */
  public OcspDraft revoked(Instant since) {
    status = new RevokedStatus(Date.from(since), KEY_COMPROMISE);
    return this;
  }

  /** Says that it does not know the certificate. */
  public OcspDraft unknown() {
    status = new UnknownStatus();
    return this;
  }

  /** From and until when it counts; null for an open end. */
  public OcspDraft dates(Instant from, @Nullable Instant until) {
    thisUpdate = from;
    nextUpdate = until;
    return this;
  }

  /** Names the responder by its key, not by its name. */
  public OcspDraft byKey() {
    byKey = true;
    return this;
  }

  /** With a critical extension that nobody knows. */
  public OcspDraft critical() {
    critical = true;
    return this;
  }

  /** Signed with that algorithm, such as {@code SHA1withECDSA}; RSASSA-PSS is with SHA-1. */
  public OcspDraft signature(String algorithm) {
    signature = algorithm;
    return this;
  }

  /** Its bytes. */
  public byte[] der() {
    try {
      var digests = new JcaDigestCalculatorProviderBuilder().build();
      Authority by =
          signer == Signer.ISSUER ? root : Authority.named("OCSP responder", root.type());
      X509Certificate certificate = signer == Signer.ISSUER ? rootCertificate : certify(by);
      var sha1 = digests.get(CertificateID.HASH_SHA1);
      RespID id =
          byKey
              ? new RespID(
                  SubjectPublicKeyInfo.getInstance(by.keys().getPublic().getEncoded()), sha1)
              : new RespID(new JcaX509CertificateHolder(certificate).getSubject());
      BasicOCSPRespBuilder builder = new BasicOCSPRespBuilder(id);
      builder.addResponse(
          new CertificateID(
              sha1, new JcaX509CertificateHolder(rootCertificate), about.getSerialNumber()),
          status,
          Date.from(thisUpdate),
          nextUpdate == null ? null : Date.from(nextUpdate),
          (Extensions) null);
      if (critical) {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(new ASN1ObjectIdentifier("1.2.3.4"), true, DERNull.INSTANCE);
        builder.setResponseExtensions(extensions.generate());
      }
      X509CertificateHolder[] sent =
          signer == Signer.ISSUER
              ? new X509CertificateHolder[0]
              : new X509CertificateHolder[] {new JcaX509CertificateHolder(certificate)};
      return new OCSPRespBuilder()
          .build(
              OCSPResponseStatus.SUCCESSFUL,
              builder.build(
                  signature.equals("RSASSA-PSS")
                      ? pssWithSha1(by.keys().getPrivate())
                      : new JcaContentSignerBuilder(signature).build(by.keys().getPrivate()),
                  sent,
                  Date.from(Instant.now())))
          .getEncoded();
    } catch (IOException | OCSPException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot make an OCSP response", e);
    }
  }

  /** Bouncy Castle asks its own provider for that. */
  private static ContentSigner pssWithSha1(PrivateKey key) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    return new ContentSigner() {
      @Override
      public AlgorithmIdentifier getAlgorithmIdentifier() {
        return new AlgorithmIdentifier(
            PKCSObjectIdentifiers.id_RSASSA_PSS, new RSASSAPSSparams()); // the defaults
      }

      @Override
      public OutputStream getOutputStream() {
        return message;
      }

      @Override
      public byte[] getSignature() {
        try {
          Signature signing = Signature.getInstance("RSASSA-PSS");
          signing.setParameter(
              new PSSParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, 20, 1));
          signing.initSign(key);
          signing.update(message.toByteArray());
          return signing.sign();
        } catch (GeneralSecurityException e) {
          throw new IllegalStateException("cannot sign", e);
        }
      }
    };
  }

  private X509Certificate certify(Authority responder) throws IOException {
    Authority issuer = signer == Signer.STRANGER ? Authority.named(name(root), root.type()) : root;
    Instant now = Instant.now();
    Instant until =
        signer == Signer.EXPIRED_RESPONDER
            ? now.minus(Duration.ofDays(1))
            : now.plus(Duration.ofDays(1));
    JcaX509v3CertificateBuilder draft =
        issuer.draft(responder, now.minus(Duration.ofDays(2)), until);
    KeyPurposeId purpose =
        signer == Signer.WRONG_PURPOSE
            ? KeyPurposeId.id_kp_serverAuth
            : KeyPurposeId.id_kp_OCSPSigning;
    draft.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
    return issuer.sign(draft, responder);
  }

  private static String name(Authority authority) {
    return authority.name().getName().substring("CN=".length());
  }

  /** One that says that the responder has no answer now. */
  public static byte[] tryLater() {
    try {
      return new OCSPRespBuilder().build(OCSPResponseStatus.TRY_LATER, null).getEncoded();
    } catch (IOException | OCSPException e) {
      throw new IllegalStateException("cannot make an OCSP response", e);
    }
  }
}
