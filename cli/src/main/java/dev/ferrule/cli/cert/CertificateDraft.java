package dev.ferrule.cli.cert;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certificate (RFC 5280) before it is signed: the one place where the tool makes any. */
public final class CertificateDraft {
  /** The longest common name (RFC 5280 A.1, ub-common-name). */
  private static final int LONGEST_COMMON_NAME = 64;

  /** For peers whose clock is behind. */
  private static final Duration EARLIER = Duration.ofHours(1);

  private final X500Name subject;
  private final PublicKey key;
  private final Instant from;
  private Instant until;
  private List<SubjectName> names = List.of();
  private KeyPurposeId purpose = KeyPurposeId.id_kp_serverAuth;
  private boolean authority;

  private CertificateDraft(X500Name subject, PublicKey key, Instant now, Duration validity) {
    this.subject = subject;
    this.key = key;
    this.from = now.truncatedTo(ChronoUnit.SECONDS).minus(EARLIER);
    this.until = from.plus(validity).minusSeconds(1); // the last second counts (RFC 5280 4.1.2.5)
  }

  /**
   * Of the owner of a key.
   *
   * @param organization says where it comes from; empty for none
   * @param commonName left out where it is too long for one
   */
  public static CertificateDraft of(
      String organization, String commonName, PublicKey key, Instant now, Duration validity) {
    X500NameBuilder subject = new X500NameBuilder(BCStyle.INSTANCE);
    if (!organization.isEmpty()) {
      subject.addRDN(BCStyle.O, organization);
    }
    if (commonName.length() <= LONGEST_COMMON_NAME) {
      subject.addRDN(BCStyle.CN, commonName);
    }
    return new CertificateDraft(subject.build(), key, now, validity);
  }

  /** The names that it is for. */
  public CertificateDraft names(List<SubjectName> all) {
    names = List.copyOf(all);
    return this;
  }

  /** For a client, who shows it to servers; else it is for a server. */
  public CertificateDraft ofClient() {
    purpose = KeyPurposeId.id_kp_clientAuth;
    return this;
  }

  /** Of a CA that issues leaves, and no other CA. */
  public CertificateDraft ofAuthority() {
    authority = true;
    return this;
  }

  /** Not valid for longer than the one that issues it. */
  CertificateDraft endingBefore(Instant end) {
    until = end.isBefore(until) ? end : until;
    return this;
  }

  /** Signed by its own key. */
  public X509Certificate signedByItself(PrivateKey own) throws GeneralSecurityException {
    return sign(subject, own, null);
  }

  /** Signed by a CA. */
  X509Certificate signedBy(X509Certificate issuer, PrivateKey key) throws GeneralSecurityException {
    return sign(new JcaX509CertificateHolder(issuer).getSubject(), key, issuer);
  }

  private X509Certificate sign(X500Name issuer, PrivateKey signer, @Nullable X509Certificate by)
      throws GeneralSecurityException {
    JcaX509v3CertificateBuilder draft =
        new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(126, new SecureRandom()).setBit(126), // 16 bytes in DER, positive
            Date.from(from),
            Date.from(until),
            subject,
            key);
    try {
      extend(draft, by);
      return new JcaX509CertificateConverter()
          .getCertificate(
              draft.build(new JcaContentSignerBuilder(KeyKind.signatureOf(signer)).build(signer)));
    } catch (IOException | OperatorCreationException e) {
      throw new GeneralSecurityException(e.getMessage(), e);
    }
  }

  private void extend(JcaX509v3CertificateBuilder draft, @Nullable X509Certificate by)
      throws IOException, GeneralSecurityException {
    JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
    // A leaf is told not to be a CA: trusting it does not extend to what its key might sign.
    draft.addExtension(
        Extension.basicConstraints,
        true,
        authority ? new BasicConstraints(0) : new BasicConstraints(false));
    draft.addExtension(Extension.keyUsage, true, new KeyUsage(usage()));
    draft.addExtension(
        Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
    if (by != null) {
      draft.addExtension(
          Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyIdentifier(by)));
    }
    if (!authority) {
      draft.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
    }
    if (!names.isEmpty()) {
      GeneralName[] all = names.stream().map(CertificateDraft::general).toArray(GeneralName[]::new);
      draft.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(all));
    }
  }

  private int usage() {
    if (authority) {
      return KeyUsage.keyCertSign | KeyUsage.cRLSign;
    }
    // Key encipherment is what RSA keys do in TLS 1.2 without Diffie-Hellman.
    return key.getAlgorithm().equals("RSA")
        ? KeyUsage.digitalSignature | KeyUsage.keyEncipherment
        : KeyUsage.digitalSignature;
  }

  /** As the issuer's certificate has it, which need not have been made here. */
  private static byte[] keyIdentifier(X509Certificate issuer)
      throws IOException, GeneralSecurityException {
    byte[] extension = issuer.getExtensionValue(Extension.subjectKeyIdentifier.getId());
    return extension == null
        ? new JcaX509ExtensionUtils()
            .createSubjectKeyIdentifier(issuer.getPublicKey())
            .getKeyIdentifier()
        : SubjectKeyIdentifier.getInstance(ASN1OctetString.getInstance(extension).getOctets())
            .getKeyIdentifier();
  }

  private static GeneralName general(SubjectName name) {
    return switch (name.kind()) {
      case DNS -> new GeneralName(GeneralName.dNSName, name.text());
      case IP -> new GeneralName(GeneralName.iPAddress, name.text());
      case EMAIL -> new GeneralName(GeneralName.rfc822Name, name.text());
      case URI -> new GeneralName(GeneralName.uniformResourceIdentifier, name.text());
    };
  }
}
