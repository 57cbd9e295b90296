package dev.ferrule.testkit;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;

/**
 * A request for a certificate of a {@link ThrowawayCa}. Each method changes the request and returns
 * it. It may be issued several times. For one thread.
 */
public final class CertificateRequest {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private static final ASN1ObjectIdentifier TLS_FEATURE =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.24");

  private static final int STATUS_REQUEST = 5;

  private enum Signer {
    ROOT,
    INTERMEDIATE,
    ITSELF
  }

  private static final String URI = "uri:";
  private static final String EMAIL = "email:";

  private final Authority root;
  private final List<String> names;
  private KeyType keyType = KeyType.EC_P256;
  private KeyPurposeId purpose = KeyPurposeId.id_kp_serverAuth;
  private Signer signer = Signer.ROOT;
  private boolean mustStaple;
  private Instant notBefore = Instant.now().minus(Duration.ofDays(1));
  private Instant notAfter = notBefore.plus(ThrowawayCa.LIFE);

  CertificateRequest(Authority root, List<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a certificate needs a name: give at least one");
    }
    this.root = root;
    this.names = names;
  }

  /**
   * The kind of the leaf's key; EC P-256 by default.
   *
   * @param type the kind of key
   * @return this request
   */
  public CertificateRequest keyType(KeyType type) {
    keyType = type;
    return this;
  }

  /**
   * Valid from this time on, to the second.
   *
   * @param time the first valid second
   * @return this request
   */
  public CertificateRequest notBefore(Instant time) {
    notBefore = time;
    return this;
  }

  /**
   * Valid until this time, to the second.
   *
   * @param time the last valid second
   * @return this request
   */
  public CertificateRequest notAfter(Instant time) {
    notAfter = time;
    return this;
  }

  /**
   * Valid for 30 days until yesterday.
   *
   * @return this request
   */
  public CertificateRequest expired() {
    notAfter = Instant.now().minus(Duration.ofDays(1));
    notBefore = notAfter.minus(ThrowawayCa.LIFE);
    return this;
  }

  /**
   * Valid for 30 days from tomorrow on.
   *
   * @return this request
   */
  public CertificateRequest notYetValid() {
    notBefore = Instant.now().plus(Duration.ofDays(1));
    notAfter = notBefore.plus(ThrowawayCa.LIFE);
    return this;
  }

  /**
   * A client's certificate, in place of a server's.
   *
   * @return this request
   */
  public CertificateRequest forClient() {
    purpose = KeyPurposeId.id_kp_clientAuth;
    return this;
  }

  /**
   * With the demand that an OCSP response comes with it (RFC 7633).
   *
   * @return this request
   */
  public CertificateRequest mustStaple() {
    mustStaple = true;
    return this;
  }

  /**
   * Signed by an intermediate CA made for it, so that the chain has two certificates.
   *
   * @return this request
   */
  public CertificateRequest throughIntermediate() {
    signer = Signer.INTERMEDIATE;
    return this;
  }

  /**
   * Signed by its own key, not by the authority.
   *
   * @return this request
   */
  public CertificateRequest selfSigned() {
    signer = Signer.ITSELF;
    return this;
  }

  /**
   * Makes the key and signs the certificate.
   *
   * @return the certificate and its key
   */
  public Issued issue() {
    Authority leaf = Authority.named(names.get(0), keyType);
    return switch (signer) {
      case ROOT -> new Issued(List.of(certify(root, leaf)), leaf.keys().getPrivate());
      case ITSELF -> new Issued(List.of(certify(leaf, leaf)), leaf.keys().getPrivate());
      case INTERMEDIATE -> {
        Authority middle = Authority.named("Ferrule throw-away intermediate CA", root.type());
        Instant from = Instant.now().minus(ThrowawayCa.LIFE.multipliedBy(12));
        Instant until = Instant.now().plus(ThrowawayCa.LIFE.multipliedBy(12));
        X509Certificate authority = root.certifyAuthority(middle, from, until);
        yield new Issued(List.of(certify(middle, leaf), authority), leaf.keys().getPrivate());
      }
    };
  }

  private X509Certificate certify(Authority issuer, Authority leaf) {
    try {
      JcaX509v3CertificateBuilder draft = issuer.draft(leaf, notBefore, notAfter);
      draft.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      draft.addExtension(Extension.keyUsage, true, new KeyUsage(usage()));
      draft.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      GeneralName[] alternatives =
          names.stream().map(CertificateRequest::alternative).toArray(GeneralName[]::new);
      draft.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
      if (mustStaple) {
        draft.addExtension(TLS_FEATURE, false, new DERSequence(new ASN1Integer(STATUS_REQUEST)));
      }
      return issuer.sign(draft, leaf);
    } catch (CertIOException e) {
      throw new IllegalStateException("cannot make a certificate", e);
    }
  }

  private int usage() {
    // RSA key exchange needs keyEncipherment; keys of other algorithms cannot encipher.
    return keyType == KeyType.RSA_2048
        ? KeyUsage.digitalSignature | KeyUsage.keyEncipherment
        : KeyUsage.digitalSignature;
  }

  private static GeneralName alternative(String name) {
    if (name.startsWith(URI)) {
      return new GeneralName(GeneralName.uniformResourceIdentifier, name.substring(URI.length()));
    }
    if (name.startsWith(EMAIL)) {
      return new GeneralName(GeneralName.rfc822Name, name.substring(EMAIL.length()));
    }
    boolean address = name.contains(":") || IPV4.matcher(name).matches();
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }
}
