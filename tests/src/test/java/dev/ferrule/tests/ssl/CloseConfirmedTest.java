package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.event.TcpEof;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.ForwardingLink;
import dev.ferrule.testkit.ForwardingPoller;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whether the peer's close_notify confirms that of this side, where close is not the first call.
 */
class CloseConfirmedTest {
  private final Pair pair = new Pair();
  private final boolean[] confirmed = new boolean[1];
  private boolean stuck;

  private void asksAtTheEnd(SslSocket socket) {
    socket.onClose(() -> {
      pair.client.close();
      confirmed[0] = socket.closeConfirmed();
    });
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_half_close_is_confirmed_by_the_peers_close_notify(Protocol version) {
    pair.client(c -> c.maxProtocol(version));
    pair.onSecure(socket -> {
      asksAtTheEnd(socket);
      socket.write("last words");
      socket.shutdownOutput();
    });
    pair.run();
    assertThat(pair.server.text).hasToString("last words");
    assertThat(confirmed[0]).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_close_behind_a_half_close_and_the_peers_end_is_confirmed(Protocol version) {
    pair.client(c ->
        c.maxProtocol(version)
            .halfOpen()
            .onEvent(event -> {
              pair.client.event(event);
              ((TcpEof) event).socket().close();
            }));
    pair.onSecure(socket -> {
      asksAtTheEnd(socket);
      socket.shutdownOutput();
    });
    pair.run();
    assertThat(confirmed[0]).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void the_peers_close_notify_confirms_none_that_is_still_on_this_side(Protocol version) {
    pair.loop(EventLoop.setup().poller(sticking()));
    SslSocket[] served = new SslSocket[1];
    pair.onServed(socket -> {
      served[0] = socket;
      socket.write("go");
    });
    pair.client(c ->
        c.maxProtocol(version)
            .closeTimeout(Duration.ofMillis(200))
            .onRead((socket, data) -> {
              data.position(data.limit());
              stuck = true;
              socket.write("never sent");
              socket.close();
              served[0].close();
            }));
    pair.onSecure(this::asksAtTheEnd);
    pair.run();
    assertThat(confirmed[0]).isFalse();
  }

  /** Its clients' links take nothing while this test says so. */
  private PollerProvider sticking() {
    return ForwardingPoller.provider(Pollers.chosen((String) null), Sticking::new);
  }

  private final class Sticking extends ForwardingPoller {
    Sticking(Poller real) {
      super(real);
    }

    @Override
    public Link connect(SocketAddress remote) throws IOException {
      return new ForwardingLink(super.connect(remote)) {
        @Override
        public int write(ByteBuffer source) throws IOException {
          return stuck ? 0 : super.write(source);
        }
      };
    }
  }
}
