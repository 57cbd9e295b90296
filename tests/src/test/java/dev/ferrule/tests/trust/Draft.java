package dev.ferrule.tests.trust;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate before it is signed; the fields say what is in it. For one thread. */
public final class Draft {
  /** The time at which all are validated. */
  public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  public final String name;
  public final boolean authority;
  public KeyPair keys;
  public String signature;
  public Instant notBefore = NOW.minus(Duration.ofDays(100));
  public Instant notAfter = NOW.plus(Duration.ofDays(100));
  public boolean versionOne;
  public boolean basicConstraints = true;
  public boolean certifies;
  public int pathLength = -1;
  public int usage;
  public List<KeyPurposeId> purposes = List.of();
  public final List<GeneralName> permitted = new ArrayList<>();
  public final List<GeneralName> excluded = new ArrayList<>();
  public List<GeneralName> names = List.of();
  public boolean unknownCritical;
  public boolean keyIds = true;
  public boolean otherKeyId;
  public KeyPair forger;

  /** The address of a revocation list; null for none. */
  public String crlPoint;

  /** An authority, or a peer's certificate. */
  public Draft(String name, boolean authority, KeyPair keys, String signature) {
    this.name = name;
    this.authority = authority;
    this.certifies = authority;
    this.keys = keys;
    this.signature = signature;
    this.usage = authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature;
  }

  /** A copy with the same name and key, as a renewed or cross-signed certificate has. */
  public Draft again() {
    Draft copy = new Draft(name, authority, keys, signature);
    copy.names = names;
    copy.pathLength = pathLength;
    copy.purposes = purposes;
    copy.usage = usage;
    return copy;
  }

  public X509Certificate signedBy(Draft issuer, int serial) {
    try {
      X500Name from = new X500Name("O=Ferrule, CN=" + issuer.name);
      X500Name to = new X500Name("O=Ferrule, CN=" + name);
      BigInteger number = BigInteger.valueOf(1_000_000L + serial);
      SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
      Date first = Date.from(notBefore);
      Date last = Date.from(notAfter);
      KeyPair signing = forger == null ? issuer.keys : forger;
      ContentSigner signer = new JcaContentSignerBuilder(signature).build(signing.getPrivate());
      X509CertificateHolder made;
      if (versionOne) {
        made = new X509v1CertificateBuilder(from, number, first, last, to, key).build(signer);
      } else {
        X509v3CertificateBuilder draft =
            new X509v3CertificateBuilder(from, number, first, last, to, key);
        extend(draft, issuer);
        made = draft.build(signer);
      }
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(made.getEncoded()));
    } catch (Exception e) {
      throw new IllegalStateException("cannot make " + name, e);
    }
  }

  private void extend(X509v3CertificateBuilder draft, Draft issuer) throws Exception {
    if (basicConstraints && certifies) {
      BasicConstraints all =
          pathLength < 0 ? new BasicConstraints(true) : new BasicConstraints(pathLength);
      draft.addExtension(Extension.basicConstraints, true, all);
    }
    if (usage != 0) {
      draft.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    }
    if (!purposes.isEmpty()) {
      draft.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
    }
    if (!permitted.isEmpty() || !excluded.isEmpty()) {
      draft.addExtension(
          Extension.nameConstraints,
          true,
          new NameConstraints(subtrees(permitted), subtrees(excluded)));
    }
    if (!names.isEmpty()) {
      draft.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
    }
    if (unknownCritical) {
      draft.addExtension(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"), true, DERNull.INSTANCE);
    }
    if (crlPoint != null) {
      draft.addExtension(
          Extension.cRLDistributionPoints, false, new CRLDistPoint(points(crlPoint)));
    }
    if (keyIds) {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      draft.addExtension(
          Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(keys.getPublic()));
      KeyPair above = otherKeyId ? keys : issuer.keys;
      if (above != keys || otherKeyId || issuer != this) {
        draft.addExtension(
            Extension.authorityKeyIdentifier,
            false,
            ids.createAuthorityKeyIdentifier(above.getPublic()));
      }
    }
  }

  private static DistributionPoint[] points(String address) {
    return new DistributionPoint[] {new DistributionPoint(point(address), null, null)};
  }

  /** The point of that address, for certificates and for lists. */
  static DistributionPointName point(String address) {
    GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, address);
    return new DistributionPointName(new GeneralNames(name));
  }

  private static GeneralSubtree[] subtrees(List<GeneralName> bases) {
    return bases.isEmpty()
        ? null
        : bases.stream().map(GeneralSubtree::new).toArray(GeneralSubtree[]::new);
  }
}
