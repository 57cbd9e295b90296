package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.Notice;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.CrlDraft;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Certificates whose issuer has revoked them, and lists that do not say what they should. */
class RevocationTest {
  private static final int KEY_COMPROMISE = 1;
  private static final X509Certificate SERVER = Pki.LOCAL.chain().getFirst();
  private static final X509Certificate CLIENT = Pki.CLIENT.chain().getFirst();

  @TempDir private Path folder;

  private Path write(CrlDraft list) {
    return write(list.pem());
  }

  private Path write(String pem) {
    try {
      return Files.writeString(folder.resolve("list.crl"), pem);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- what is revoked

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_revoked_server_is_refused_and_who_revoked_it_when_and_why_is_told(Protocol version) {
    Path list = write(Pki.CA.crl().revoke(SERVER, KEY_COMPROMISE));
    Pair pair = new Pair().client(c -> c.crl(list).maxProtocol(version)).run();
    SslError error =
        pair.client.ssl(
            Side.OURS,
            Stage.CERTIFICATE,
            "the certificate of CN=localhost",
            "serial number " + SERVER.getSerialNumber().toString(16),
            "was revoked by its issuer CN=Ferrule throw-away CA on 20",
            "reason: key compromise");
    assertThat(error.alert()).hasValue("certificate_revoked");
    assertThat(error.code()).isEqualTo("CERTIFICATE_REVOKED");
    SslError heard = pair.server.ssl(Side.PEER, Stage.CERTIFICATE, "certificate was revoked");
    assertThat(heard.alert()).hasValue("certificate_revoked");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_revoked_client_is_refused(Protocol version) {
    Path list = write(Pki.CA.crl().revoke(SERVER).revoke(CLIENT));
    Pair pair = asked(list).client(c -> c.credentials(Pki.CLIENT).maxProtocol(version)).run();
    pair.server.ssl(
        Side.OURS, Stage.CERTIFICATE, "CN=client.example", "was revoked", "without a reason");
    SslError heard = pair.client.ssl(Side.PEER, Stage.CERTIFICATE, "certificate");
    if (version == Protocol.TLS_1_2 || !Provided.NAME.equals("jdk")) {
      assertThat(heard.alert()).hasValue("certificate_revoked");
    }
  }

  /** A server that asks clients for certificates. */
  private static Pair asked(Path... lists) {
    return new Pair().server(s -> s.clientAuth(ClientAuth.REQUIRED).trust(Pki.TRUST).crl(lists));
  }

  @Test
  void others_are_served_strictly_too() {
    Path list = write(Pki.CA.crl().revoke(SERVER));
    Pair pair =
        new Pair()
            .server(s -> s.clientAuth(ClientAuth.REQUIRED).trust(Pki.TRUST).crl(list).strictCrl())
            .client(c -> c.credentials(Pki.CLIENT))
            .onServed(SslSocket::close)
            .run();
    assertThat(pair.served.peer()).isPresent();
    assertThat(pair.server.events).isEmpty();
  }

  @Test
  void a_certificate_that_is_not_on_hold_any_more_is_accepted() {
    accepted(c -> c.revoke(SERVER, 8)); // removeFromCRL
  }

  @Test
  void one_on_hold_is_refused() {
    refused(c -> c.revoke(SERVER, 6), "reason: certificate hold");
  }

  @Test
  void a_revoked_authority_takes_all_that_it_issued_with_it() {
    Credentials shown = Pki.credentials(Pki.CA.request("127.0.0.1").throughIntermediate().issue());
    Path list = write(Pki.CA.crl().revoke(shown.chain().get(1)));
    Pair pair = new Pair().server(s -> s.credentials(shown)).client(c -> c.crl(list)).run();
    pair.client.ssl(
        Side.OURS, Stage.CERTIFICATE, "CN=Ferrule throw-away intermediate CA", "was revoked");
  }

  @Test
  void a_trusted_certificate_itself_is_not_asked_about() {
    Path list = write(Pki.CA.crl().revoke(SERVER));
    Pair pair =
        new Pair()
            .client(c -> c.trust(List.of(SERVER)).crl(list).strictCrl())
            .onSecure(SslSocket::close)
            .run();
    assertThat(pair.seen).isNotNull();
  }

  @Test
  void the_newest_list_counts_whatever_an_older_one_said() {
    CrlDraft old = Pki.CA.crl().revoke(SERVER, 6).issued(Instant.now().minus(Duration.ofDays(9)));
    accepted(write(old.pem() + Pki.CA.crl().pem()));
    accepted(write(Pki.CA.crl().pem() + old.pem()));
  }

  // ---- lists that do not say what they should

  @Test
  void a_list_out_of_date_is_told_once_and_still_revokes() throws Exception {
    Path list = write(Pki.CA.crl().revoke(CLIENT).expired());
    SslContext context = SslContext.client().trust(Pki.TRUST).crl(list).build();
    Pair first = accepted(context);
    Notice notice = first.client.only(Notice.class);
    assertThat(notice.message())
        .contains("revocation list of CN=Ferrule throw-away CA", "out of date", "was due on 20");
    assertThat(accepted(context).client.events).isEmpty();
    refused(c -> c.revoke(SERVER).expired(), "was revoked");
  }

  @Test
  void a_list_out_of_date_is_told_to_a_setup_that_names_it() {
    Path list = write(Pki.CA.crl().expired());
    Pair pair = asked(list).client(c -> c.credentials(Pki.CLIENT)).onServed(SslSocket::close).run();
    assertThat(pair.server.events).hasSize(1);
    assertThat(((Notice) pair.server.events.getFirst()).message()).contains("out of date");
  }

  @Test
  void a_list_out_of_date_with_a_newer_one_beside_it_is_not_told() {
    CrlDraft old = Pki.CA.crl().expired().issued(Instant.now().minus(Duration.ofDays(9)));
    accepted(write(old.pem() + Pki.CA.crl().pem()));
  }

  @Test
  void a_list_out_of_date_is_an_error_where_it_is_strict() {
    unknown(write(Pki.CA.crl().expired()), "out of date", "a newer one was due on 20");
  }

  @Test
  void a_list_that_is_not_valid_yet_is_an_error_where_it_is_strict() {
    CrlDraft early = Pki.CA.crl().issued(Instant.now().plus(Duration.ofDays(1)));
    unknown(write(early), "out of date", "which is yet to come", "clock");
    assertThat(accepted(context(write(early))).client.only(Notice.class).message())
        .contains("which is yet to come");
  }

  @Test
  void a_list_without_an_end_is_in_date() {
    strictly(write(Pki.CA.crl().due(null)));
  }

  @Test
  void a_list_of_another_issuer_says_nothing() {
    ThrowawayCa other = ThrowawayCa.create(); // of the same name, with another key
    Path list = write(other.crl().revoke(SERVER));
    accepted(list);
    unknown(list, "no revocation list of its issuer is here");
  }

  @Test
  void a_list_with_a_bad_signature_is_not_used_and_told_once() {
    Path list = write(forged().revoke(SERVER));
    SslContext context = context(list);
    assertThat(accepted(context).client.only(Notice.class).message())
        .contains("is not used: its signature is not by the key of its issuer");
    assertThat(accepted(context).client.events).isEmpty();
    unknown(list, "its signature is not by the key of its issuer");
  }

  @Test
  void a_forged_list_that_is_newer_does_not_hide_the_true_one() {
    Path list = write(forged().issued(Instant.now()).pem() + Pki.CA.crl().revoke(SERVER).pem());
    Pair pair = new Pair().client(c -> c.crl(list)).run();
    pair.client.ssl(Side.OURS, Stage.CERTIFICATE, "was revoked");
  }

  /** It has the name and key identifier of the authority, and is signed by another key. */
  private static CrlDraft forged() {
    return CrlDraft.of(Pki.CA.certificate(), ThrowawayCa.create().issue("x").key());
  }

  @Test
  void an_authority_without_a_list_is_an_error_where_it_is_strict() {
    Credentials shown = Pki.credentials(Pki.CA.request("127.0.0.1").throughIntermediate().issue());
    Path list = write(Pki.CA.crl());
    Pair pair =
        new Pair().server(s -> s.credentials(shown)).client(c -> c.crl(list).strictCrl()).run();
    SslError error =
        pair.client.ssl(
            Side.OURS,
            Stage.CERTIFICATE,
            "it is not known whether the certificate of CN=127.0.0.1 was revoked",
            "no revocation list of its issuer is here");
    assertThat(error.alert()).hasValue("certificate_unknown");
  }

  // ---- on a client

  private SslContext context(Path list) {
    return SslContext.client().trust(Pki.TRUST).crl(list).build();
  }

  private static Pair accepted(SslContext context) {
    Pair pair =
        new Pair()
            .shared(context)
            .onSecure(socket -> socket.loop().delay(Duration.ofMillis(1), socket::close))
            .run();
    assertThat(pair.seen).isNotNull();
    return pair;
  }

  private void accepted(UnaryOperator<CrlDraft> list) {
    accepted(write(list.apply(Pki.CA.crl())));
  }

  private void accepted(Path list) {
    assertThat(accepted(context(list)).client.events).isEmpty();
  }

  private void strictly(Path list) {
    SslContext strict = SslContext.client().trust(Pki.TRUST).crl(list).strictCrl().build();
    assertThat(accepted(strict).client.events).isEmpty();
  }

  private void refused(UnaryOperator<CrlDraft> list, String words) {
    Path file = write(list.apply(Pki.CA.crl()));
    Pair pair = new Pair().shared(context(file)).run();
    pair.client.ssl(Side.OURS, Stage.CERTIFICATE, words);
  }

  private void unknown(Path list, String... words) {
    SslContext strict = SslContext.client().trust(Pki.TRUST).crl(list).strictCrl().build();
    Pair pair = new Pair().shared(strict).run();
    SslError error = pair.client.ssl(Side.OURS, Stage.CERTIFICATE, words);
    assertThat(error.message()).contains("it is not known whether", "CN=localhost");
    assertThat(error.alert()).hasValue("certificate_unknown");
  }
}
