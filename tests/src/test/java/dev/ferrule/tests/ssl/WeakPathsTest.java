package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.tests.trust.Draft;
import dev.ferrule.tests.trust.Keys;
import dev.ferrule.tests.trust.OpensslVerify;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths that lead to a trusted certificate and are refused all the same, or not. */
class WeakPathsTest {
  private static final Keys KEYS = new Keys();
  private static final String HOST = "127.0.0.1";

  private final Draft root = authority("root", Keys.Kind.P256, 1);
  private final Draft leaf = leaf(HOST);
  private final List<X509Certificate> sentToo = new ArrayList<>();
  private X509Certificate anchor;

  @Test
  void a_certificate_that_is_trusted_as_itself_expires_too() {
    leaf.notAfter = Instant.now().minus(Duration.ofDays(1));
    leaf.signature = Keys.Kind.P256.signature;
    anchor = leaf.signedBy(leaf, 1);
    Credentials shown = Credentials.of(leaf.keys.getPrivate(), List.of(anchor));
    assertThat(refused(shown, "expired").alert()).hasValue("certificate_expired");
  }

  @Test
  void an_expired_client_that_is_trusted_as_itself_is_refused() {
    leaf.notAfter = Instant.now().minus(Duration.ofDays(1));
    leaf.signature = Keys.Kind.P256.signature;
    X509Certificate own = leaf.signedBy(leaf, 1);
    Credentials shown = Credentials.of(leaf.keys.getPrivate(), List.of(own));
    Pair pair =
        new Pair()
            .server(s -> s.clientAuth(ClientAuth.REQUIRED).trust(List.of(own)))
            .client(c -> c.credentials(shown))
            .run();
    pair.server.ssl(Side.OURS, Stage.CERTIFICATE, "expired");
    pair.client.ssl(Side.PEER, Stage.CERTIFICATE, "this side's certificate");
  }

  @Test
  void an_expired_root_vouches_for_nobody() {
    root.notAfter = Instant.now().minus(Duration.ofDays(1));
    refused(shown(root), "CN=root", "expired");
  }

  @Test
  void another_host_is_told_though_an_expired_certificate_was_sent_too() {
    Draft other = authority("elsewhere", Keys.Kind.P256, 2);
    other.notAfter = Instant.now().minus(Duration.ofDays(1));
    sentToo.add(other.signedBy(other, 9));
    leaf.names = List.of(new GeneralName(GeneralName.dNSName, "other.example"));
    refused(shown(root), "is for 'other.example'", "not for '127.0.0.1'");
  }

  @Test
  void an_intermediate_for_clients_issues_no_servers() {
    Draft middle = authority("middle", Keys.Kind.P256, 3);
    middle.purposes = List.of(KeyPurposeId.id_kp_clientAuth);
    sentToo.add(middle.signedBy(root, 8));
    refused(shown(middle), "CN=middle", "is not for servers, nor what it issued");
  }

  @Test
  void the_name_constraints_of_a_root_count() {
    root.permitted.add(new GeneralName(GeneralName.iPAddress, "10.0.0.0/8"));
    refused(shown(root), "the name '127.0.0.1'", "CN=root", "name constraints");
  }

  @Test
  void a_certificate_signed_with_sha_1_is_refused_unless_asked_for() {
    Draft weak = authority("weak", Keys.Kind.RSA_2048, 1);
    leaf.signature = "SHA1withRSA";
    Credentials shown = shown(weak);
    SslError error = refused(shown, "signed with SHA-1", "allow-sha1-certificates");
    assertThat(error.alert()).hasValue("bad_certificate");
    accepted(shown, SslOption.ALLOW_SHA1_CERTIFICATES);
  }

  @Test
  void a_certificate_signed_with_md5_is_refused_unless_asked_for() {
    Draft weak = authority("weak", Keys.Kind.RSA_2048, 1);
    leaf.signature = "MD5withRSA";
    Credentials shown = shown(weak);
    refused(shown, "signed with MD5", "allow-md5-certificates");
    accepted(shown, SslOption.ALLOW_MD5_CERTIFICATES);
  }

  @Test
  void a_short_key_is_refused_unless_asked_for() {
    Draft weak = authority("weak", Keys.Kind.RSA_1024, 1);
    Credentials shown = shown(weak);
    refused(shown, "CN=weak", "RSA key of 1024 bits", "allow-short-keys");
    accepted(shown, SslOption.ALLOW_SHORT_KEYS);
  }

  @Test
  void a_trusted_certificate_of_openssl_vouches_for_what_it_says(@TempDir Path folder)
      throws Exception {
    Credentials shown = shown(root);
    Path file = folder.resolve("anchor.pem");
    Set<String> clients = Set.of("1.3.6.1.5.5.7.3.2");
    Files.writeString(file, OpensslVerify.pem(new TrustedCertificate(anchor, clients, Set.of())));
    Pair pair = new Pair().server(s -> s.credentials(shown)).client(c -> c.trust(file)).run();
    pair.client.ssl(Side.OURS, Stage.CERTIFICATE, "TRUSTED CERTIFICATE", "vouch for servers");
  }

  private SslError refused(Credentials shown, String... words) {
    Pair pair =
        new Pair()
            .server(s -> s.credentials(shown))
            .client(c -> c.trust(List.of(anchor)).data("secret"))
            .run();
    assertThat(pair.server.text).isEmpty();
    return pair.client.ssl(Side.OURS, Stage.CERTIFICATE, words);
  }

  private void accepted(Credentials shown, SslOption option) {
    Pair pair =
        new Pair()
            .server(s -> s.credentials(shown))
            .client(c -> c.trust(List.of(anchor)).option(option))
            .onSecure(s -> s.close())
            .run();
    pair.server.only(TcpEof.class);
  }

  /** The leaf, issued by {@code issuer}; the root is trusted, or the issuer that stands alone. */
  private Credentials shown(Draft issuer) {
    if (leaf.signature.isEmpty()) {
      leaf.signature = issuer.signature;
    }
    Draft top = sentToo.isEmpty() ? issuer : root;
    anchor = top.signedBy(top, 2);
    List<X509Certificate> chain = new ArrayList<>(List.of(leaf.signedBy(issuer, 3)));
    chain.addAll(sentToo);
    return Credentials.of(leaf.keys.getPrivate(), chain);
  }

  private static Draft authority(String name, Keys.Kind kind, int number) {
    return now(new Draft(name, true, KEYS.get(kind, number), kind.signature));
  }

  private static Draft leaf(String address) {
    Draft leaf = now(new Draft("leaf", false, KEYS.get(Keys.Kind.P256, 0), ""));
    leaf.names = List.of(new GeneralName(GeneralName.iPAddress, address));
    return leaf;
  }

  private static Draft now(Draft draft) {
    draft.notBefore = Instant.now().minus(Duration.ofDays(9));
    draft.notAfter = Instant.now().plus(Duration.ofDays(9));
    return draft;
  }
}
