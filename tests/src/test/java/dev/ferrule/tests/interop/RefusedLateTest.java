package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import dev.ferrule.tests.interop.Peer.Terms;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server of TLS 1.3 looks at a client's certificate when the client's handshake is done: its
 * alert comes to a record layer.
 */
class RefusedLateTest {
  private static final Terms TERMS = new Terms(Protocol.TLS_1_3, KeyType.EC_P256).withClientAuth();
  private static final Credentials STRANGER =
      Pki.credentials(ThrowawayCa.create().request("client.example").forClient().issue());

  /** Node's server does not send an alert. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NODE")
  void a_client_that_shows_nothing_hears_why_its_server_ended(PeerKind kind) {
    refused(kind, null);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NODE")
  void a_client_whose_certificate_is_a_strangers_hears_why_its_server_ended(PeerKind kind) {
    refused(kind, STRANGER);
  }

  private static void refused(PeerKind kind, Credentials shown) {
    kind.assumeHere();
    Witness witness = new Witness();
    try (Background loop = new Background();
        Peer peer = kind.server(TERMS)) {
      int port = peer.port();
      loop.call(eventLoop -> {
        SslClientSetup setup = witness.on(Ssl.connect(eventLoop, "localhost", port));
        setup.trust(Pki.TRUST).alpn(Peer.ALPN).onSecure(witness::secured);
        if (shown != null) {
          setup.credentials(shown);
        }
        return setup.open();
      });
      SslSession session = witness.awaitSession(1);
      SslError error = witness.awaitEvent(SslError.class);
      assertThat(error.side()).isEqualTo(Side.PEER);
      assertThat(error.stage()).as(error.message()).isEqualTo(Stage.CERTIFICATE);
      assertThat(session.records()).isEqualTo(Provided.records(session));
      witness.awaitClosed(1);
      assertThat(witness.events.all()).hasSize(1);
    }
  }
}
