package dev.ferrule.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.tests.trust.Keys;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hash of a certificate goes by that of its signature (RFC 5929 4.1). */
@Tag("once")
class ChannelBindingTest {
  private static final Keys KEYS = new Keys();

  private static X509Certificate signed(Keys.Kind kind, String signature) {
    KeyPair issuer = KEYS.get(kind, 0);
    X500Name name = new X500Name("CN=issuer");
    try {
      byte[] key = KEYS.get(Keys.Kind.P256, 1).getPublic().getEncoded();
      Date now = Date.from(Instant.now());
      byte[] made =
          new X509v3CertificateBuilder(
                  name, BigInteger.ONE, now, now, name, SubjectPublicKeyInfo.getInstance(key))
              .build(
                  new JcaContentSignerBuilder(signature)
                      .setProvider(new BouncyCastleProvider())
                      .build(issuer.getPrivate()))
              .getEncoded();
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(made));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RSA_2048, MD5withRSA, SHA-256",
    "RSA_2048, SHA1withRSA, SHA-256",
    "RSA_2048, SHA224withRSA, SHA-224",
    "RSA_2048, SHA256withRSA, SHA-256",
    "RSA_2048, SHA384withRSA, SHA-384",
    "RSA_2048, SHA512withRSA, SHA-512",
    "RSA_2048, SHA256withRSAandMGF1, SHA-256",
    "RSA_2048, SHA384withRSAandMGF1, SHA-384",
    "P256, SHA1withECDSA, SHA-256",
    "P256, SHA256withECDSA, SHA-256",
    "P384, SHA384withECDSA, SHA-384",
    "P384, SHA512withECDSA, SHA-512",
    "P256, SHA3-384withECDSA, SHA3-384"
  })
  void it_is_by_the_hash_of_the_signature(Keys.Kind kind, String signature, String hash)
      throws Exception {
    X509Certificate certificate = signed(kind, signature);
    byte[] expected = MessageDigest.getInstance(hash).digest(certificate.getEncoded());
    assertThat(ChannelBinding.endPoint(certificate)).isEqualTo(expected);
  }

  @Test
  void a_signature_without_a_hash_gives_none() {
    X509Certificate certificate = signed(Keys.Kind.ED25519, "Ed25519");
    assertThatThrownBy(() -> ChannelBinding.endPoint(certificate))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Ed25519");
  }
}
