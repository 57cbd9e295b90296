package dev.ferrule.tests.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.ssl.keys.DerWriter;
import dev.ferrule.ssl.trust.PeerChecks;
import dev.ferrule.ssl.trust.Revocation;
import dev.ferrule.ssl.trust.Trust;
import dev.ferrule.ssl.trust.UnacceptableCertificate;
import dev.ferrule.ssl.trust.Verifier;
import java.io.ByteArrayInputStream;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Certificates whose contents are changed and then signed by the authority that everybody trusts:
 * what is judged of them is reached, whatever stands there. Others: {@code -Dferrule.changes.seed=N
 * -Dferrule.changes=N}.
 */
@Tag("once")
class ChangedCertificatesTest {
  private static final long SEED = Long.getLong("ferrule.changes.seed", 20260402L);
  private static final int COUNT = Integer.getInteger("ferrule.changes", 3_000);
  private static final Keys KEYS = new Keys();
  private static final String SIGNED = "SHA256withECDSA";

  private final Draft root = now(new Draft("root", true, KEYS.get(Keys.Kind.P256, 1), SIGNED));
  private final Draft middle = now(new Draft("middle", true, KEYS.get(Keys.Kind.P256, 2), SIGNED));
  private final Draft leaf = now(new Draft("leaf", false, KEYS.get(Keys.Kind.P256, 3), SIGNED));
  private final List<String> faults = new ArrayList<>();
  private final Map<String, Integer> ends = new TreeMap<>();

  @Test
  void whatever_a_certificate_holds_is_the_peers_fault() throws Exception {
    middle.permitted.add(new GeneralName(GeneralName.dNSName, "example"));
    middle.excluded.add(new GeneralName(GeneralName.dNSName, "never.no.example"));
    middle.excluded.add(new GeneralName(GeneralName.iPAddress, "10.0.0.0/8"));
    middle.pathLength = 2;
    middle.purposes = List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
    leaf.names =
        List.of(
            new GeneralName(GeneralName.dNSName, "www.example"),
            new GeneralName(GeneralName.dNSName, "*.example"),
            new GeneralName(GeneralName.rfc822Name, "a@mail.example"),
            new GeneralName(GeneralName.uniformResourceIdentifier, "https://www.example/"),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    leaf.purposes = middle.purposes;
    X509Certificate anchor = root.signedBy(root, 1);
    X509Certificate above = middle.signedBy(root, 2);
    X509Certificate own = leaf.signedBy(middle, 3);
    Verifier verifier =
        new Verifier(
            Trust.of(List.of(TrustedCertificate.of(anchor))),
            Set.of(),
            PeerChecks.NONE,
            Revocation.NONE);
    judge(0, verifier, own, above);
    assertThat(ends).as("as it is").containsOnlyKeys("accepted");
    for (long seed = SEED; seed < SEED + COUNT; seed++) {
      Random random = new Random(seed);
      boolean ofPeer = random.nextInt(3) > 0;
      X509Certificate changed =
          ofPeer ? changed(own, middle, random) : changed(above, root, random);
      if (changed != null) {
        judge(seed, verifier, ofPeer ? changed : own, ofPeer ? above : changed);
      }
    }
    assertThat(faults).as("seed " + SEED + ", " + ends).isEmpty();
    assertThat(ends.get("judged")).as("read by Java").isGreaterThan(COUNT / 20);
  }

  private void judge(long seed, Verifier verifier, X509Certificate own, X509Certificate above) {
    X509Certificate[] chain = {own, above};
    try {
      verifier.verifyServer(chain, "ECDHE_ECDSA", false, null, null);
      Verifier.verifyHost(chain, "www.example");
      verifier.verifyClient(chain, null);
      count("accepted");
    } catch (UnacceptableCertificate e) {
      count("judged");
      String sentence = e.sentence();
      boolean printable = sentence.chars().allMatch(c -> c >= ' ' && c != 0x7F);
      if (!printable || sentence.contains("cannot be judged")) {
        faults.add(seed + ": " + sentence + trace(e.getCause()));
      }
    } catch (RuntimeException | Error e) {
      faults.add(seed + ": " + e + trace(e));
    }
  }

  private static String trace(Throwable e) {
    StringBuilder lines = new StringBuilder();
    for (Throwable at = e; at != null; at = at.getCause()) {
      lines.append("\n  ").append(at);
      for (int i = 0; i < Math.min(8, at.getStackTrace().length); i++) {
        lines.append("\n    ").append(at.getStackTrace()[i]);
      }
    }
    return lines.toString();
  }

  /** Changed and signed again; null when Java does not read it, which it must say as declared. */
  private X509Certificate changed(X509Certificate good, Draft issuer, Random random)
      throws Exception {
    byte[] body = new ChangedDer(random).of(good.getTBSCertificate(), 1 + random.nextInt(3));
    Signature signature = Signature.getInstance(SIGNED);
    signature.initSign(issuer.keys.getPrivate());
    signature.update(body);
    byte[] bits = signature.sign();
    byte[] bitString = new byte[bits.length + 3];
    bitString[0] = 3;
    bitString[1] = (byte) (bits.length + 1);
    System.arraycopy(bits, 0, bitString, 3, bits.length);
    byte[] algorithm = DerWriter.sequence(DerWriter.oid("1.2.840.10045.4.3.2"));
    byte[] whole = DerWriter.sequence(body, algorithm, bitString);
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(whole));
    } catch (CertificateException e) {
      count("not read");
      return null;
    } catch (RuntimeException e) {
      count("not read: " + e.getClass().getSimpleName()); // the providers expect that too
      return null;
    }
  }

  private void count(String end) {
    ends.merge(end, 1, Integer::sum);
  }

  private static Draft now(Draft draft) {
    draft.notBefore = Instant.now().minus(Duration.ofDays(9));
    draft.notAfter = Instant.now().plus(Duration.ofDays(9));
    return draft;
  }
}
