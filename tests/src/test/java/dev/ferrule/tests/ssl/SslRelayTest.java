package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Relay;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpReset;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A relay that ends SSL on one side and begins it anew on the other. */
class SslRelayTest {
  private static final int MUCH = 3_000_000;

  private final Heard client = new Heard();
  private final Heard server = new Heard();
  private long toServer;
  private long toClient;
  private Relay relay;

  /**
   * Runs a client and a server, each of which is on an SSL connection of its own with the relay.
   *
   * @param answers what the server does when an event comes
   */
  private void run(
      Protocol version,
      BiConsumer<SslSocket, Relay> secured,
      BiConsumer<SslSocket, Object> answers) {
    Loops.runInline(loop -> {
      SslServer[] servers = new SslServer[2];
      SslSocket[] served = new SslSocket[1];
      servers[0] =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .halfOpen()
              .onConnect(socket -> {
                served[0] = socket;
                servers[0].close();
              })
              .onRead((socket, data) -> toServer += data.remaining())
              .onEvent(event -> {
                server.event(event);
                answers.accept(served[0], event);
              })
              .onClose(server::close)
              .open();
      servers[1] =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .onConnect(socket -> {
                servers[1].close();
                relay = Tcp.relay(socket, inner(loop, servers[0].port(), version));
              })
              .open();
      Ssl.connect(loop, "127.0.0.1", servers[1].port())
          .trust(Pki.TRUST)
          .maxProtocol(version)
          .halfOpen()
          .onRead((socket, data) -> toClient += data.remaining())
          .onEvent(client::event)
          .onClose(client::close)
          .onSecure((socket, session) -> secured.accept(socket, relay))
          .open();
    });
  }

  private static TcpSocket inner(EventLoop loop, int port, Protocol version) {
    return Ssl.connect(loop, "127.0.0.1", port).trust(Pki.TRUST).maxProtocol(version).open();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void passes_on_all_and_a_half_close_where_the_provider_can(Protocol version) {
    run(
        version,
        (socket, made) -> {
          socket.write(new byte[MUCH]);
          socket.shutdownOutput();
        },
        (socket, event) -> {
          if (event instanceof TcpEof) {
            socket.write(new byte[MUCH]);
            socket.close();
          }
        });
    assertThat(toServer).isEqualTo(MUCH);
    if (version == Protocol.TLS_1_3 || Provided.HALF_CLOSES_BEFORE_TLS_1_3) {
      assertThat(relay.failure()).isNull();
      assertThat(toClient).isEqualTo(MUCH);
      client.only(TcpEof.class);
      server.only(TcpEof.class);
    } else {
      assertThat(server.events).anyMatch(SslError.class::isInstance); // its own loss
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void passes_on_a_reset_as_a_truncation_behind_what_was_received(Protocol version) {
    run(
        version,
        (socket, made) ->
            socket.write(
                new byte[100_000],
                written -> written.loop().execute(() -> abortWhenPassed(socket))),
        (socket, event) -> socket.close());
    assertThat(toServer).isEqualTo(100_000);
    assertThat(server.events).singleElement().isInstanceOf(SslTruncated.class);
    assertThat(relay.failure()).isInstanceOf(TcpReset.class);
  }

  private void abortWhenPassed(SslSocket socket) {
    if (relay.bytesFromFirst() == 100_000) {
      socket.abort();
    } else {
      socket.loop().execute(() -> abortWhenPassed(socket));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_handshake_that_fails_on_one_side_cuts_the_other(Protocol version) {
    Loops.runInline(loop -> {
      SslServer[] servers = new SslServer[1];
      TcpServer mail =
          Tcp.server(loop, "127.0.0.1", 0)
              .onConnect(socket -> socket.write("220 this is no SSL\r\n"))
              .onEvent(event -> {})
              .open();
      servers[0] =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .onConnect(socket -> {
                servers[0].close();
                relay =
                    Tcp.relay(socket, Ssl.connect(loop, "127.0.0.1", mail.port()).open())
                        .onEnd(ended -> mail.close());
              })
              .open();
      Ssl.connect(loop, "127.0.0.1", servers[0].port())
          .trust(Pki.TRUST)
          .maxProtocol(version)
          .onEvent(client::event)
          .open();
    });
    assertThat(relay.failure()).isInstanceOf(SslError.class);
    assertThat(client.events).isNotEmpty().noneMatch(TcpEof.class::isInstance);
  }
}
