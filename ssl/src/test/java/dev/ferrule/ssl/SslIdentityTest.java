package dev.ferrule.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class SslIdentityTest {
  @Test
  void an_address_that_cannot_be_read_leaves_no_alternative_names() throws Exception {
    // An address of IPv6 with a mask that has gaps.
    String address = "20010db8".repeat(4) + "ff00ff00".repeat(4);
    SslIdentity identity =
        SslIdentity.of(
            withNames(
                new GeneralName(GeneralName.dNSName, "ann.example"),
                new GeneralName(
                    GeneralName.iPAddress, new DEROctetString(HexFormat.of().parseHex(address)))));
    assertThat(identity.subject()).isEqualTo("CN=ann");
    assertThat(identity.dnsNames()).isEmpty();
    assertThat(identity.addresses()).isEmpty();
  }

  private static X509Certificate withNames(GeneralName... names) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair keys = generator.generateKeyPair();
    X500Name name = new X500Name("CN=ann");
    Instant now = Instant.now();
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.ONE,
                    Date.from(now.minusSeconds(60)),
                    Date.from(now.plusSeconds(600)),
                    name,
                    keys.getPublic())
                .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }
}
