package dev.ferrule.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Proxy;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SSL inside of the SSL of a proxy, to a peer that takes little at a time. */
class SlowPeerBehindProxyTest {
  private static final int MANY = 24 << 20;

  private final List<Event> events = new ArrayList<>();
  private int received;

  private static final Duration LIMIT = Duration.ofMillis(400);

  /** It rests a little after each read. */
  private void take(EventLoop loop, TcpSocket socket, int bytes) {
    received += bytes;
    socket.disableReading();
    loop.delay(Duration.ofMillis(2), socket::enableReading);
  }

  @Test
  void the_write_limit_is_not_reached_while_it_takes_something() {
    SslContext trusting = SslContext.client().trust(Pki.TRUST).build();
    Loops.run(loop -> {
      TestProxy proxy = TestProxy.secure(loop, Pki.LOCAL);
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .onRead((socket, data) -> take(loop, socket, data.remaining()))
              .onEvent(event -> {})
              .open();
      Ssl.connect(loop, "localhost", server.port())
          .trust(Pki.TRUST)
          .through(Ssl.proxy(Proxy.http("127.0.0.1", proxy.port()), trusting))
          .writeTimeout(LIMIT)
          .onSecure((socket, session) -> socket.write(new byte[MANY], TcpSocket::close))
          .closeTimeout(Duration.ofSeconds(20))
          .onEvent(events::add)
          .onClose(() -> {
            server.close();
            proxy.close();
          })
          .open();
    });
    assertThat(events).isEmpty();
    assertThat(received).isEqualTo(MANY);
  }
}
