package dev.ferrule.ssl.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class RefusalTest {
  private static X509Certificate named(String commonName, int units) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair keys = generator.generateKeyPair();
    X500NameBuilder builder = new X500NameBuilder().addRDN(BCStyle.CN, commonName);
    for (int i = 0; i < units; i++) {
      builder.addRDN(BCStyle.OU, "unit " + i);
    }
    X500Name name = builder.build();
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
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static String untrusted(String commonName, int units) throws Exception {
    PathResult result =
        PathSearch.validate(
            List.of(named(commonName, units)),
            Anchors.of(List.of()),
            Instant.now(),
            Purpose.SERVER,
            Set.of(),
            Revocation.NONE);
    return ((PathResult.Refusal) result).sentence();
  }

  @Test
  void control_characters_in_a_strangers_name_reach_no_terminal() throws Exception {
    String sentence = untrusted("a\n\u001b[31mFAKE", 0);
    assertThat(sentence).contains("FAKE").contains("self-signed");
    assertThat(sentence.chars()).noneMatch(Character::isISOControl);
  }

  @Test
  void a_name_without_end_is_cut() throws Exception {
    assertThat(untrusted("x", 500)).hasSizeLessThan(500).contains("...");
  }
}
