package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Issued;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is weak is refused, with the name of the option that accepts it; with that it is not. */
class WeakOptionsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "SHA1withRSA, 2048, signed with SHA-1, allow-sha1-certificates",
    "MD5withRSA, 2048, signed with MD5, allow-md5-certificates",
    "SHA256withRSA, 1024, RSA key of 1024 bits, allow-short-keys",
  })
  void a_weak_certificate_needs_its_option(String signature, int bits, String told, String option)
      throws Exception {
    KeyPair authority = rsa(2048);
    KeyPair own = rsa(bits);
    X509Certificate root = certificate("root", "root", authority, authority, "SHA256withRSA");
    X509Certificate leaf = certificate("localhost", "root", own, authority, signature);
    String ca = Files.writeString(folder.resolve("ca.pem"), pem(root)).toString();
    var shown = new Issued(List.of(leaf), own.getPrivate()).write(folder);
    try (RunningTool server =
        RunningTool.serve(
            folder, "--cert", shown.certificate().toString(), "--key", shown.key().toString())) {
      String address = server.address();
      Tool.Result refused = Tool.runWith("hi", "connect", address, "--ca", ca, "-q");
      assertThat(refused.status()).isEqualTo(2);
      assertThat(refused.err()).contains(told, "the option " + option + " accepts it");
      Tool.Result accepted =
          Tool.runWith(
              "hi",
              "connect",
              address,
              "--ca",
              ca,
              "-q",
              "--shutdown-after=0s",
              "--option",
              option);
      assertThat(accepted.err()).isEmpty();
      assertThat(accepted.out()).isEqualTo("hi");
    }
  }

  private static X509Certificate certificate(
      String name, String issuer, KeyPair keys, KeyPair signing, String signature)
      throws Exception {
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder draft =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=" + issuer),
            BigInteger.valueOf(name.hashCode()).abs(),
            Date.from(now.minus(Duration.ofDays(1))),
            Date.from(now.plus(Duration.ofDays(1))),
            new X500Name("CN=" + name),
            keys.getPublic());
    draft.addExtension(Extension.basicConstraints, true, new BasicConstraints(name.equals(issuer)));
    draft.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, name),
              new GeneralName(GeneralName.iPAddress, "127.0.0.1")
            }));
    return new JcaX509CertificateConverter()
        .getCertificate(
            draft.build(new JcaContentSignerBuilder(signature).build(signing.getPrivate())));
  }

  private static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static String pem(X509Certificate certificate) throws Exception {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }
}
