package dev.ferrule.testkit;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A name and a key that sign certificates: the root's, an intermediate's, or those of a self-signed
 * leaf.
 */
record Authority(X500Principal name, KeyPair keys, KeyType type) {

  static Authority named(String commonName, KeyType type) {
    return new Authority(new X500Principal("CN=" + commonName), type.generate(), type);
  }

  JcaX509v3CertificateBuilder draft(Authority subject, Instant notBefore, Instant notAfter) {
    return new JcaX509v3CertificateBuilder(
        name,
        // 127 bits: positive, and 16 bytes in DER.
        new BigInteger(126, new SecureRandom()).setBit(126),
        Date.from(notBefore),
        Date.from(notAfter),
        subject.name,
        subject.keys.getPublic());
  }

  X509Certificate certifyAuthority(Authority subject, Instant notBefore, Instant notAfter) {
    try {
      JcaX509v3CertificateBuilder draft = draft(subject, notBefore, notAfter);
      draft.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      int usage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
      draft.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      return sign(draft, subject);
    } catch (CertIOException e) {
      throw new IllegalStateException("cannot make a CA certificate", e);
    }
  }

  X509Certificate sign(JcaX509v3CertificateBuilder draft, Authority subject) {
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      draft.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          ids.createSubjectKeyIdentifier(subject.keys.getPublic()));
      draft.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          ids.createAuthorityKeyIdentifier(keys.getPublic()));
      JcaContentSignerBuilder signer = new JcaContentSignerBuilder(type.signature());
      return new JcaX509CertificateConverter()
          .getCertificate(draft.build(signer.build(keys.getPrivate())));
    } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a certificate", e);
    }
  }
}
