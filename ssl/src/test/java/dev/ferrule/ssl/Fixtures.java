package dev.ferrule.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Keys and certificates made on the spot, by BouncyCastle or by the openssl command. */
public final class Fixtures {
  static final char[] PASSWORD = "sésame öffne dich".toCharArray();

  private Fixtures() {}

  /** A key with its self-signed certificate. */
  public record Pair(KeyPair keys, X509Certificate certificate) {
    String keyPem() {
      return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    }

    String certificatePem() throws GeneralSecurityException {
      return pem("CERTIFICATE", certificate.getEncoded());
    }
  }

  public static Pair ec(String name) throws Exception {
    return pair(name, "EC", 256, "SHA256withECDSA", Instant.now(), Duration.ofDays(30));
  }

  public static Pair rsa(String name) throws Exception {
    return pair(name, "RSA", 2048, "SHA256withRSA", Instant.now(), Duration.ofDays(30));
  }

  static Pair ed25519(String name) throws Exception {
    return pair(name, "Ed25519", 255, "Ed25519", Instant.now(), Duration.ofDays(30));
  }

  static Pair ecValid(String name, Instant from, Duration life) throws Exception {
    return pair(name, "EC", 256, "SHA256withECDSA", from, life);
  }

  private static Pair pair(
      String name, String type, int size, String signature, Instant from, Duration life)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
    generator.initialize(size);
    KeyPair keys = generator.generateKeyPair();
    X500Principal subject = new X500Principal("CN=" + name);
    var draft =
        new JcaX509v3CertificateBuilder(
            subject,
            BigInteger.valueOf(from.toEpochMilli()),
            Date.from(from),
            Date.from(from.plus(life)),
            subject,
            keys.getPublic());
    var signer = new JcaContentSignerBuilder(signature).build(keys.getPrivate());
    return new Pair(keys, new JcaX509CertificateConverter().getCertificate(draft.build(signer)));
  }

  /** A certificate that Java does not take: without a subject, its other names must be critical. */
  static byte[] withoutSubject() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair keys = generator.generateKeyPair();
    var draft =
        new JcaX509v3CertificateBuilder(
            new X500Principal("CN=an issuer"),
            BigInteger.ONE,
            Date.from(Instant.now()),
            Date.from(Instant.now().plus(Duration.ofDays(1))),
            new X500Principal(""),
            keys.getPublic());
    GeneralName name = new GeneralName(GeneralName.dNSName, "localhost");
    draft.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
    return draft.build(signer).getEncoded();
  }

  static String pem(String label, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  /** Runs openssl in {@code folder}; the test is skipped if there is none. */
  static void openssl(Path folder, String... arguments) throws Exception {
    assumeTrue(OPENSSL, "the openssl command is not installed");
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    // A file, since an argument's encoding would depend on the locale of whoever runs the tests.
    Files.write(folder.resolve("password"), new String(PASSWORD).getBytes(UTF_8));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + output);
    }
  }

  private static final boolean OPENSSL = installed();

  private static boolean installed() {
    try {
      return new ProcessBuilder("openssl", "version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
