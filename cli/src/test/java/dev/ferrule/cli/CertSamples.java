package dev.ferrule.cli;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Certificates, requests and keys that the testkit's CA does not make: each has one fault. */
final class CertSamples {
  private CertSamples() {}

  static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }

  static KeyPair ec() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  /** PEM of a certificate whose names are {@code text}, whatever that is. */
  static String named(String text) throws Exception {
    KeyPair keys = ec();
    X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, text).build();
    Instant now = Instant.now();
    X509v3CertificateBuilder draft =
        new X509v3CertificateBuilder(
            name,
            BigInteger.TEN,
            Date.from(now.minusSeconds(60)),
            Date.from(now.plus(Duration.ofDays(90))),
            name,
            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
    GeneralName[] names = {
      new GeneralName(GeneralName.directoryName, name),
      new GeneralName(GeneralName.dNSName, new DERIA5String(text)),
      new GeneralName(GeneralName.uniformResourceIdentifier, new DERIA5String("urn:" + text))
    };
    draft.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    return pem(
        "CERTIFICATE",
        draft
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
            .getEncoded());
  }

  /** PEM of a certificate of a server, but for what {@code fault} names. */
  static String certificate(String fault) throws Exception {
    KeyPair keys = fault.equals("short") ? rsa(1024) : ec();
    KeyPair signer = fault.equals("sha1") ? rsa(2048) : ec();
    Instant now = Instant.now();
    Duration life = Duration.ofDays(fault.equals("long") ? 900 : 90);
    JcaX509v3CertificateBuilder draft =
        new JcaX509v3CertificateBuilder(
            new X500Principal("CN=Some CA"),
            BigInteger.TEN,
            Date.from(now.minusSeconds(60)),
            Date.from(now.plus(life)),
            new X500Principal("CN=www.example.test"),
            keys.getPublic());
    boolean authority = fault.equals("ca");
    draft.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (!fault.equals("names")) {
      draft.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, "www.example.test")));
    }
    if (!fault.equals("purpose")) {
      draft.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              fault.equals("code")
                  ? KeyPurposeId.id_kp_codeSigning
                  : KeyPurposeId.id_kp_serverAuth));
    }
    if (fault.equals("usage")) {
      draft.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyAgreement));
    }
    if (fault.equals("intermediate")) {
      draft.addExtension(
          Extension.authorityInfoAccess,
          false,
          new AuthorityInformationAccess(
              AccessDescription.id_ad_caIssuers,
              new GeneralName(GeneralName.uniformResourceIdentifier, "http://ca.test/ca.crt")));
    }
    String algorithm = fault.equals("sha1") ? "SHA1withRSA" : "SHA256withECDSA";
    return pem(
        "CERTIFICATE",
        draft
            .build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()))
            .getEncoded());
  }

  /** Writes a CA with an RSA key, as a user may have one of another tool; its certificate. */
  static Path authority(Path folder, Duration life) throws Exception {
    KeyPair keys = rsa(2048);
    X500Principal name = new X500Principal("CN=A CA of one's own");
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder draft =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.TEN,
            Date.from(now.minusSeconds(60)),
            Date.from(now.plus(life)),
            name,
            keys.getPublic());
    draft.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    Files.createDirectories(folder);
    byte[] certificate =
        draft
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate()))
            .getEncoded();
    Path key = folder.resolve("ca-key.pem");
    Files.writeString(key, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    return Files.writeString(folder.resolve("ca.pem"), pem("CERTIFICATE", certificate));
  }

  /** PEM of a request for a name; of another's key when {@code name} is empty. */
  static String request(String name) throws Exception {
    KeyPair keys = ec();
    JcaPKCS10CertificationRequestBuilder draft =
        new JcaPKCS10CertificationRequestBuilder(
            new X500Principal("CN=www.example.test"), keys.getPublic());
    ExtensionsGenerator wanted = new ExtensionsGenerator();
    wanted.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, name.isEmpty() ? "a.test" : name)));
    draft.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, wanted.generate());
    KeyPair signer = name.isEmpty() ? ec() : keys;
    return pem(
        "CERTIFICATE REQUEST",
        draft
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate()))
            .getEncoded());
  }

  /** PEM of an encrypted PKCS#8 key. */
  static String encryptedKey(byte[] pkcs8, String password) throws Exception {
    PKCS8EncryptedPrivateKeyInfo encrypted =
        new PKCS8EncryptedPrivateKeyInfoBuilder(PrivateKeyInfo.getInstance(pkcs8))
            .build(
                new JceOpenSSLPKCS8EncryptorBuilder(NISTObjectIdentifiers.id_aes256_CBC)
                    .setProvider(new BouncyCastleProvider())
                    .setPassword(password.toCharArray())
                    .build());
    return pem("ENCRYPTED PRIVATE KEY", encrypted.getEncoded());
  }
}
