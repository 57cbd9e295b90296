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
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import dev.ferrule.tests.interop.Peer.Terms;
import java.util.function.Consumer;
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
    refused(kind, null, socket -> {});
  }

  /** The server's reset may come to the write before its alert was read. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NODE")
  void a_client_that_was_writing_hears_why_its_server_ended(PeerKind kind) {
    refused(kind, null, socket -> socket.write(new byte[8_000_000]));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NODE")
  void a_client_that_writes_on_and_on_hears_why_its_server_ended(PeerKind kind) {
    refused(kind, STRANGER, RefusedLateTest::writeOn);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NODE")
  void a_client_that_was_closing_hears_why_what_it_wrote_was_lost(PeerKind kind) {
    refused(
        kind,
        null,
        socket -> {
          socket.write(new byte[8_000_000]);
          socket.close();
        });
  }

  private static void writeOn(SslSocket socket) {
    if (!socket.isClosed()) {
      socket.write(new byte[10_000], RefusedLateTest::writeOn);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NODE")
  void a_client_whose_certificate_is_a_strangers_hears_why_its_server_ended(PeerKind kind) {
    refused(kind, STRANGER, socket -> {});
  }

  private static void refused(PeerKind kind, Credentials shown, Consumer<SslSocket> whenSecure) {
    kind.assumeHere();
    Witness witness = new Witness();
    try (Background loop = new Background();
        Peer peer = kind.server(TERMS)) {
      int port = peer.port();
      loop.call(eventLoop -> {
        SslClientSetup setup = witness.on(Ssl.connect(eventLoop, "localhost", port));
        setup
            .trust(Pki.TRUST)
            .alpn(Peer.ALPN)
            .onSecure((socket, session) -> {
              witness.secured(socket, session);
              whenSecure.accept(socket);
            });
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
