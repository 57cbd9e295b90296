package dev.ferrule.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certificate revocation list (RFC 5280 5) before it is signed. For one thread. */
public final class CrlDraft {
  private record Entry(X509Certificate certificate, @Nullable Extensions extensions) {}

  private final X509Certificate issuer;
  private final PrivateKey key;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Extension> extensions = new ArrayList<>();
  private String signature;
  private Instant issued = Instant.now().minus(Duration.ofDays(1));
  private @Nullable Instant due = issued.plus(ThrowawayCa.LIFE);
  private boolean keyId = true;

  private CrlDraft(X509Certificate issuer, PrivateKey key) {
    this.issuer = issuer;
    this.key = key;
    this.signature =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC", "ECDSA" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
  }

  /**
   * A list without entries, of a day ago and for 30 days.
   *
   * @param issuer whose name it has
   * @param key signs it
   * @return a list to refine and sign
   */
  public static CrlDraft of(X509Certificate issuer, PrivateKey key) {
    return new CrlDraft(issuer, key);
  }

  /**
   * Revokes a certificate, as of a day ago, without a reason.
   *
   * @param certificate what is revoked
   * @return this list
   */
  public CrlDraft revoke(X509Certificate certificate) {
    entries.add(new Entry(certificate, null));
    return this;
  }

  /**
   * Revokes a certificate for a reason.
   *
   * @param certificate what is revoked
   * @param reason the number of RFC 5280 5.3.1, such as 1 for a key that was compromised
   * @return this list
   */
  public CrlDraft revoke(X509Certificate certificate, int reason) {
    try {
      byte[] value = CRLReason.lookup(reason).getEncoded();
      return revoke(certificate, Extension.reasonCode.getId(), false, value);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Revokes a certificate by an entry with an extension.
   *
   * @param certificate what is revoked
   * @param id the object identifier of the extension
   * @param critical whether it is critical
   * @param value its value in DER
   * @return this list
   */
  public CrlDraft revoke(X509Certificate certificate, String id, boolean critical, byte[] value) {
    ExtensionsGenerator extension = new ExtensionsGenerator();
    extension.addExtension(new ASN1ObjectIdentifier(id), critical, value);
    entries.add(new Entry(certificate, extension.generate()));
    return this;
  }

  /**
   * Issued at this time.
   *
   * @param thisUpdate the time, to the second
   * @return this list
   */
  public CrlDraft issued(Instant thisUpdate) {
    issued = thisUpdate;
    return this;
  }

  /**
   * Out of date from this time on.
   *
   * @param nextUpdate the time, to the second; null to say nothing about it
   * @return this list
   */
  public CrlDraft due(@Nullable Instant nextUpdate) {
    due = nextUpdate;
    return this;
  }

  /**
   * Out of date since an hour.
   *
   * @return this list
   */
  public CrlDraft expired() {
    return due(Instant.now().minus(Duration.ofHours(1)));
  }

  /**
   * Signed by this algorithm.
   *
   * @param algorithm as Java names it, such as {@code SHA1withRSA}
   * @return this list
   */
  public CrlDraft signature(String algorithm) {
    signature = algorithm;
    return this;
  }

  /**
   * Without the identifier of the issuer's key.
   *
   * @return this list
   */
  public CrlDraft withoutKeyId() {
    keyId = false;
    return this;
  }

  /**
   * With an extension of the list.
   *
   * @param id its object identifier
   * @param critical whether it is critical
   * @param value its value in DER
   * @return this list
   */
  public CrlDraft extension(String id, boolean critical, byte[] value) {
    extensions.add(new Extension(new ASN1ObjectIdentifier(id), critical, value.clone()));
    return this;
  }

  /**
   * Signs it.
   *
   * @return the list
   */
  public X509CRL sign() {
    try {
      X500Name name = X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded());
      X509v2CRLBuilder draft = new X509v2CRLBuilder(name, Date.from(issued));
      if (due != null) {
        draft.setNextUpdate(Date.from(due));
      }
      Date revoked = Date.from(Instant.now().minus(Duration.ofDays(1)));
      for (Entry entry : entries) {
        if (entry.extensions == null) {
          draft.addCRLEntry(entry.certificate.getSerialNumber(), revoked, 0);
        } else {
          draft.addCRLEntry(entry.certificate.getSerialNumber(), revoked, entry.extensions);
        }
      }
      if (keyId) {
        draft.addExtension(
            Extension.authorityKeyIdentifier,
            false,
            new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer.getPublicKey()));
      }
      for (Extension each : extensions) {
        draft.addExtension(each);
      }
      byte[] der = draft.build(new JcaContentSignerBuilder(signature).build(key)).getEncoded();
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a revocation list", e);
    }
  }

  /**
   * Signs it.
   *
   * @return the list as PEM (RFC 7468)
   */
  public String pem() {
    try {
      return PemText.of("X509 CRL", sign().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
