package dev.ferrule.tests.ssl;

import static dev.ferrule.tests.ssl.Faults.heard;
import static dev.ferrule.tests.ssl.Faults.pair;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.ClientRule;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.testkit.CertificateRequest;
import dev.ferrule.testkit.CrlDraft;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.trust.Draft;
import dev.ferrule.tests.trust.Keys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * Certificates that are refused, each for another reason. In TLS 1.2, where a provider may choose
 * the alert, but for what only TLS 1.3 has an alert for.
 */
final class CertificateFaults {
  private static final String HOST = "127.0.0.1";
  private static final Keys KEYS = new Keys();

  private final Map<SslFailure, Supplier<SslError>> all = new EnumMap<>(SslFailure.class);

  CertificateFaults() {
    X509Certificate own = Pki.LOCAL.chain().getFirst();
    X509Certificate other = ThrowawayCa.create().certificate();
    all.put(SslFailure.UNKNOWN_ISSUER, () -> client(Pki.LOCAL, c -> c.trust(List.of(other))));
    all.put(SslFailure.CERTIFICATE_EXPIRED, () -> shown(CertificateRequest::expired));
    all.put(SslFailure.CERTIFICATE_NOT_YET_VALID, () -> shown(CertificateRequest::notYetValid));
    all.put(
        SslFailure.CERTIFICATE_REVOKED,
        () -> client(Pki.LOCAL, c -> c.crl(file(Pki.CA.crl().revoke(own)))));
    all.put(
        SslFailure.REVOCATION_UNKNOWN,
        () ->
            client(
                Pki.credentials(Pki.CA.request(HOST).throughIntermediate().issue()),
                c -> c.crl(file(Pki.CA.crl())).strictCrl()));
    all.put(SslFailure.BAD_STAPLE, () -> shown(CertificateRequest::mustStaple));
    all.put(
        SslFailure.HOST_MISMATCH,
        () -> client(Pki.credentials(Pki.CA.issue("elsewhere.example")), c -> {}));
    all.put(SslFailure.WRONG_PURPOSE, () -> shown(CertificateRequest::forClient));
    all.put(SslFailure.BAD_CERTIFICATE, () -> client(damaged(), c -> {}));
    all.put(SslFailure.PIN_MISMATCH, () -> client(Pki.LOCAL, c -> c.pins("0".repeat(64))));
    all.put(
        SslFailure.VERIFIER_REFUSED,
        () -> client(Pki.LOCAL, c -> c.verifier((chain, why, hello) -> false)));
    drafts();
    clients();
  }

  Map<SslFailure, Supplier<SslError>> all() {
    return all;
  }

  private void drafts() {
    all.put(
        SslFailure.ISSUER_NOT_ALLOWED,
        () ->
            drafted(
                Keys.Kind.P256,
                root -> root.permitted.add(new GeneralName(GeneralName.iPAddress, "10.0.0.0/8")),
                leaf -> {}));
    all.put(SslFailure.WEAK_CERTIFICATE, () -> drafted(Keys.Kind.RSA_1024, root -> {}, leaf -> {}));
    all.put(
        SslFailure.UNSUPPORTED_CERTIFICATE,
        () -> drafted(Keys.Kind.P256, root -> {}, leaf -> leaf.unknownCritical = true));
  }

  private void clients() {
    all.put(
        SslFailure.CLIENT_NOT_ALLOWED,
        () -> heard(asked(ClientRule.parse("dns=bob.example"), Pki.CLIENT).run().server));
    all.put(SslFailure.CERTIFICATE_REQUIRED, () -> heard(required().run().server));
    all.put(SslFailure.PEER_REQUIRES_CERTIFICATE, () -> heard(required().run().client));
    all.put(
        SslFailure.PEER_REFUSED_CERTIFICATE,
        () -> heard(asked(ClientRule.parse("dns=bob.example"), Pki.CLIENT).run().client));
  }

  /** The server asks for a certificate, and lets in who is called so. */
  private static Pair asked(ClientRule rule, Credentials client) {
    return pair(
        s ->
            s.clientAuth(ClientAuth.REQUIRED)
                .trust(Pki.TRUST)
                .allow(rule)
                .maxProtocol(Protocol.TLS_1_2),
        c -> c.credentials(client));
  }

  private static Pair required() {
    return pair(s -> s.clientAuth(ClientAuth.REQUIRED).trust(Pki.TRUST));
  }

  private static SslError shown(UnaryOperator<CertificateRequest> request) {
    Issued issued = request.apply(Pki.CA.request("localhost", HOST)).issue();
    return client(Pki.credentials(issued), c -> {});
  }

  /** What a client says of what a server shows. */
  private static SslError client(Credentials shown, Consumer<SslClientSetup> settings) {
    return heard(
        pair(
                s -> s.credentials(shown),
                c -> {
                  c.maxProtocol(Protocol.TLS_1_2);
                  settings.accept(c);
                })
            .run()
            .client);
  }

  private static SslError drafted(
      Keys.Kind kind, Consumer<Draft> authority, Consumer<Draft> changed) {
    Draft root = now(new Draft("root", true, KEYS.get(kind, 1), kind.signature));
    authority.accept(root);
    Draft leaf = now(new Draft("leaf", false, KEYS.get(Keys.Kind.P256, 0), kind.signature));
    leaf.names = List.of(new GeneralName(GeneralName.iPAddress, HOST));
    changed.accept(leaf);
    X509Certificate anchor = root.signedBy(root, 2);
    Credentials shown = Credentials.of(leaf.keys.getPrivate(), List.of(leaf.signedBy(root, 3)));
    return client(shown, c -> c.trust(List.of(anchor)));
  }

  private static Draft now(Draft draft) {
    draft.notBefore = Instant.now().minus(Duration.ofDays(9));
    draft.notAfter = Instant.now().plus(Duration.ofDays(9));
    return draft;
  }

  /** With a bit of its issuer's signature flipped. */
  private static Credentials damaged() {
    Issued issued = Pki.CA.issue("localhost", HOST);
    try {
      byte[] bytes = issued.certificate().getEncoded();
      bytes[bytes.length - 1] ^= 1;
      X509Certificate changed =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(bytes));
      return Credentials.of(issued.key(), List.of(changed));
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  private static Path file(CrlDraft list) {
    try {
      Path file = Files.createTempFile("list", ".crl");
      file.toFile().deleteOnExit();
      return Files.writeString(file, list.pem());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
