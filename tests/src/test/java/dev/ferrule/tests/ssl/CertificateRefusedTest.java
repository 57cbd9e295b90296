package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.Verify;
import dev.ferrule.testkit.CertificateRequest;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Certificates that are not accepted: who says so, what it says, and what the other side hears. */
class CertificateRefusedTest {
  private static final String HOST = "127.0.0.1";

  @Test
  void an_expired_certificate_is_refused_with_its_dates() {
    Credentials stale = issue(Pki.CA.request(HOST).expired());
    SslError error = refusedByClient(stale, "expired");
    String end = stale.chain().get(0).getNotAfter().toInstant().toString();
    assertThat(error.message()).contains("CN=127.0.0.1", "expired on " + end);
    assertThat(error.alert()).hasValue("certificate_expired");
  }

  @Test
  void a_certificate_of_tomorrow_is_refused_with_its_dates() {
    Credentials early = issue(Pki.CA.request(HOST).notYetValid());
    String start = early.chain().get(0).getNotBefore().toInstant().toString();
    refusedByClient(early, "not valid before " + start, "clock");
  }

  @Test
  void a_certificate_of_another_host_is_refused_with_both_names() {
    refusedByClient(issue(Pki.CA.request("other.example")), "'other.example'", "'127.0.0.1'");
  }

  @Test
  void a_self_signed_certificate_is_refused() {
    refusedByClient(issue(Pki.CA.request(HOST).selfSigned()), "self-signed", "CN=127.0.0.1");
  }

  @Test
  void an_unknown_issuer_is_named() {
    SslError error = refusedByClient(issue(ThrowawayCa.create().request(HOST)), "unknown issuer");
    assertThat(error.message()).contains("CN=Ferrule throw-away CA");
    assertThat(error.alert()).hasValue(Provided.UNKNOWN_CA_IN_TLS_1_3);
  }

  @Test
  void a_certificate_for_clients_is_no_servers() {
    SslError error =
        refusedByClient(issue(Pki.CA.request(HOST).forClient()), "is not for servers", HOST);
    assertThat(error.alert()).hasValue("unsupported_certificate");
  }

  @Test
  void a_missing_intermediate_is_an_unknown_issuer() {
    Credentials whole = issue(Pki.CA.request(HOST).throughIntermediate());
    Credentials leaf = Credentials.of(whole.key(), whole.chain().subList(0, 1));
    refusedByClient(leaf, "unknown issuer", "intermediate");
  }

  @Test
  void a_chain_that_is_longer_than_any_needs_to_be_is_refused() {
    Credentials good = issue(Pki.CA.request(HOST));
    List<X509Certificate> chain = new ArrayList<>(good.chain());
    chain.addAll(Collections.nCopies(11, Pki.CA.certificate()));
    Credentials shown = Credentials.of(good.key(), chain);
    Pair pair = new Pair().server(s -> s.credentials(shown)).run();
    SslError error = pair.client.only(SslError.class);
    assertThat(error.message()).contains("chain", "10");
    assertThat(error.side()).isEqualTo(Side.OURS);
    assertThat(pair.server.only(SslError.class).side()).isEqualTo(Side.PEER);
  }

  @Test
  void an_address_without_a_name_to_verify_fails_the_handshake() {
    Pair pair = new Pair().client(c -> c.serverName("")).run();
    pair.client.ssl(Side.OURS, Stage.CERTIFICATE, "whom the server's certificate", "serverName");
  }

  @Test
  void chain_verification_alone_passes_another_host() {
    Pair pair =
        new Pair()
            .server(s -> s.credentials(issue(Pki.CA.request("other.example"))))
            .client(c -> c.verify(Verify.CHAIN))
            .onSecure(s -> s.close())
            .run();
    assertThat(pair.client.events).isEmpty();
    pair.server.only(TcpEof.class);
  }

  @Test
  void no_verification_passes_anything() {
    Pair pair =
        new Pair()
            .server(s -> s.credentials(issue(ThrowawayCa.create().request("x").expired())))
            .client(c -> c.verify(Verify.NONE))
            .onSecure(s -> s.close())
            .run();
    assertThat(pair.client.events).isEmpty();
    pair.server.only(TcpEof.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_without_a_required_certificate_is_refused(Protocol version) {
    Pair pair =
        new Pair()
            .server(s -> s.clientAuth(ClientAuth.REQUIRED).trust(Pki.TRUST))
            .client(c -> c.maxProtocol(version))
            .run();
    pair.server.ssl(Side.OURS, Stage.CERTIFICATE, "client showed no certificate", "required");
    SslError error = pair.client.only(SslError.class);
    assertThat(error.side()).isEqualTo(Side.PEER);
    assertThat(error.message()).contains("requires a certificate of the client");
    // TLS 1.2 has no alert of its own for it.
    String alert = version == Protocol.TLS_1_3 ? "certificate_required" : "handshake_failure";
    assertThat(error.alert()).hasValue(alert);
    assertThat(pair.server.order).doesNotContain("secure");
  }

  @Test
  void a_refusal_is_heard_although_much_waits_to_be_sent() {
    // In TLS 1.3 the client is done, and writes, before the server has looked at its certificate.
    Pair pair =
        new Pair()
            .server(s -> s.clientAuth(ClientAuth.REQUIRED).trust(Pki.TRUST))
            .onSecure(s -> s.write(new byte[16 << 20]))
            .run();
    assertThat(pair.client.only(SslError.class).alert()).hasValue("certificate_required");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_with_an_unknown_certificate_is_refused(Protocol version) {
    Credentials stranger = issue(ThrowawayCa.create().request("device-9").forClient());
    Pair pair =
        new Pair()
            .server(s -> s.clientAuth(ClientAuth.OPTIONAL).trust(Pki.TRUST))
            .client(c -> c.maxProtocol(version).credentials(stranger))
            .run();
    pair.server.ssl(Side.OURS, Stage.CERTIFICATE, "unknown issuer");
    SslError heard = pair.client.ssl(Side.PEER, Stage.CERTIFICATE, "this side's certificate");
    assertThat(heard.alert())
        .hasValue(version == Protocol.TLS_1_2 ? "unknown_ca" : Provided.UNKNOWN_CA_IN_TLS_1_3);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_with_its_certificate_is_served(Protocol version) {
    Pair pair =
        new Pair()
            .server(s -> s.clientAuth(ClientAuth.REQUIRED).trust(Pki.TRUST))
            .client(c -> c.maxProtocol(version).credentials(Pki.CLIENT))
            .onServed(s -> s.close())
            .run();
    pair.client.only(TcpEof.class);
    assertThat(pair.served.peerChain()).isEqualTo(List.copyOf(Pki.CLIENT.chain()));
  }

  /** The client refuses, tells why, and the server hears that it did. */
  private static SslError refusedByClient(Credentials shown, String... words) {
    Pair pair = new Pair().server(s -> s.credentials(shown)).client(c -> c.data("secret")).run();
    SslError error = pair.client.ssl(Side.OURS, Stage.CERTIFICATE, words);
    assertThat(error).isNotInstanceOf(SslTruncated.class);
    assertThat(error.alert()).isPresent();
    SslError heard = pair.server.ssl(Side.PEER, Stage.CERTIFICATE, "certificate");
    assertThat(heard.alert()).isEqualTo(error.alert());
    assertThat(pair.server.text).isEmpty();
    assertThat(pair.client.order).doesNotContain("secure");
    return error;
  }

  private static Credentials issue(CertificateRequest request) {
    return Pki.credentials(request.issue());
  }
}
