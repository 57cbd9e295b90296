package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHandshakeFacts;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A server of TLS 1.3 refuses its client when the client's handshake is done: what that tells. */
class RefusedLateFactsTest {
  private static final Credentials STRANGER =
      Pki.credentials(ThrowawayCa.create().request("client.example").forClient().issue());

  @Test
  void a_client_that_shows_nothing_is_told_the_story_of_its_handshake() {
    story(refused(null, socket -> {}), SslFailure.PEER_REQUIRES_CERTIFICATE);
  }

  @Test
  void a_stranger_is_told_it_too_while_it_writes() {
    story(
        refused(STRANGER, socket -> socket.write(new byte[4_000_000])),
        SslFailure.PEER_REFUSED_CERTIFICATE);
  }

  @Test
  void and_while_it_closes() {
    story(
        refused(
            STRANGER,
            socket -> {
              socket.write(new byte[4_000_000]);
              socket.close();
            }),
        SslFailure.PEER_REFUSED_CERTIFICATE);
  }

  @Test
  void another_failure_behind_the_handshake_has_no_story_of_one() {
    SslError error =
        Faults.heard(Faults.tampered(all -> "no record at all".getBytes(US_ASCII)).server);
    assertThat(error.stage()).isEqualTo(SslError.Stage.DATA);
    assertThat(error.handshake()).isEmpty();
  }

  private SslError refused(Credentials shown, Consumer<SslSocket> whenSecure) {
    AtomicReference<SslSocket> client = new AtomicReference<>();
    Pair pair =
        new Pair()
            .server(s ->
                s.clientAuth(ClientAuth.REQUIRED).trust(Pki.TRUST).minProtocol(Protocol.TLS_1_3))
            .client(c -> {
              if (shown != null) {
                c.credentials(shown);
              }
            })
            .onSecure(socket -> {
              client.set(socket);
              whenSecure.accept(socket);
            })
            .run();
    assertThat(client.get().failedHandshake()).as("it was done").isEmpty();
    assertThat(client.get().session()).isPresent();
    return Faults.heard(pair.client);
  }

  private static void story(SslError error, SslFailure failure) {
    assertThat(error.failure()).isEqualTo(failure);
    SslHandshakeFacts facts = error.handshake().orElseThrow();
    assertThat(facts.server()).isFalse();
    assertThat(facts.host()).hasValue("127.0.0.1");
    assertThat(facts.own().protocols()).contains("TLSv1.3");
    assertThat(facts.answer().orElseThrow().protocol()).isEqualTo("TLSv1.3");
    assertThat(facts.answer().orElseThrow().group()).isPresent();
    assertThat(facts.peerCertificates().getFirst().subject()).isEqualTo("CN=localhost");
    assertThat(facts.refused()).as("it is about this side's").isEmpty();
    assertThat(facts.sent()).isZero();
  }
}
