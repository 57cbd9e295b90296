package dev.ferrule.tests.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.trust.Anchors;
import dev.ferrule.ssl.trust.PathResult;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import dev.ferrule.ssl.trust.PathSearch;
import dev.ferrule.ssl.trust.Purpose;
import dev.ferrule.ssl.trust.Reason;
import dev.ferrule.ssl.trust.Revocation;
import dev.ferrule.ssl.trust.Revocation.Missing;
import dev.ferrule.testkit.CrlDraft;
import dev.ferrule.tests.trust.Keys.Kind;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An authority that has two certificates for one key, as a renewed or cross-signed one has; they
 * need not agree on key identifier and key usage. The peer chooses which of them it sends.
 */
@Tag("once")
class IssuersWithTwoCertificatesTest {
  private final Keys keys = new Keys();
  private final Draft root = draft("root", true, 0);
  private final Draft middle = draft("middle", true, 2);
  private final Draft leaf = draft("leaf", false, 3);
  private final X509Certificate anchor = root.signedBy(root, 4);
  private final X509Certificate usual = middle.signedBy(root, 1);
  private final X509Certificate peer = leaf.signedBy(middle, 3);
  private final X509CRL list =
      CrlDraft.of(usual, middle.keys.getPrivate())
          .issued(Draft.NOW.minus(Duration.ofDays(1)))
          .due(Draft.NOW.plus(Duration.ofDays(1)))
          .revoke(peer)
          .sign();

  private Draft draft(String name, boolean authority, int key) {
    return new Draft(name, authority, keys.get(Kind.P256, key), Kind.P256.signature);
  }

  private PathResult validate(X509Certificate... sent) {
    return PathSearch.validate(
        List.of(sent),
        Anchors.of(List.of(anchor)),
        Draft.NOW,
        Purpose.SERVER,
        Set.of(),
        new Revocation(List.of(list), Missing.ACCEPTED, (list, sentence) -> {}));
  }

  /** The second certificate of the authority in the middle. */
  private X509Certificate second(byte[] keyId) throws Exception {
    X509v3CertificateBuilder made =
        new X509v3CertificateBuilder(
            new X500Name("O=Ferrule, CN=root"),
            BigInteger.valueOf(77),
            Date.from(middle.notBefore),
            Date.from(middle.notAfter),
            new X500Name("O=Ferrule, CN=middle"),
            SubjectPublicKeyInfo.getInstance(middle.keys.getPublic().getEncoded()));
    made.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    made.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    made.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId));
    byte[] der =
        made.build(new JcaContentSignerBuilder(root.signature).build(root.keys.getPrivate()))
            .getEncoded();
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  private static void assertRevoked(PathResult result) {
    assertThat(result).isInstanceOf(Refusal.class);
    assertThat(((Refusal) result).reason()).isEqualTo(Reason.REVOKED);
  }

  /** A key identifier is a hint (RFC 5280 4.2.1.1): the list is signed by this very key. */
  @Test
  void a_revoked_peer_gets_in_by_no_certificate_with_another_key_identifier() throws Exception {
    assertRevoked(validate(peer, usual));
    assertRevoked(validate(peer, second(new byte[] {1, 2, 3, 4})));
  }

  @Test
  void a_revoked_peer_gets_in_by_no_certificate_without_the_usage_for_lists() {
    Draft mute = middle.again();
    mute.usage = KeyUsage.keyCertSign;
    assertRevoked(validate(peer, usual, mute.signedBy(root, 9)));
  }
}
