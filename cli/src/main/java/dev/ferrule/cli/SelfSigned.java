package dev.ferrule.cli;

import dev.ferrule.ssl.Credentials;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A throw-away certificate for this machine, EC P-256, good for 30 days and never stored. The only
 * class that uses BouncyCastle, so that it is loaded only when needed.
 */
final class SelfSigned {
  private static final Duration LIFE = Duration.ofDays(30);

  private SelfSigned() {}

  /** A new key, with a certificate of its own for localhost, 127.0.0.1 and ::1. */
  static Credentials forLocalhost() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      return Credentials.of(keys.getPrivate(), List.of(certify(keys)));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new ToolError(Exit.FAILED, "this JDK cannot make a certificate: " + e.getMessage(), e);
    }
  }

  private static X509Certificate certify(KeyPair keys)
      throws GeneralSecurityException, OperatorCreationException, CertIOException {
    Instant now = Instant.now();
    X500Principal name = new X500Principal("CN=localhost");
    JcaX509v3CertificateBuilder draft =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(126, new SecureRandom()).setBit(126), // 16 bytes in DER, positive
            Date.from(now.minus(Duration.ofHours(1))), // for peers whose clock is behind
            Date.from(now.plus(LIFE)),
            name,
            keys.getPublic());
    // Not a CA: trusting it does not extend to certificates that its key might sign.
    draft.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    draft.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    draft.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    GeneralName[] names = {
      new GeneralName(GeneralName.dNSName, "localhost"),
      new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
      new GeneralName(GeneralName.iPAddress, "::1")
    };
    draft.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    return new JcaX509CertificateConverter()
        .getCertificate(
            draft.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }
}
