package dev.ferrule.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Proxy;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpEof;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Poller;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.ForwardingLink;
import dev.ferrule.testkit.ForwardingPoller;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each wire of SSL inside of SSL says its end, wherever between the two the link clogs. */
class NestedCloseTest {
  private static final int ROUNDS = 60;

  private final List<Event> events = new ArrayList<>();
  private final List<Event> atProxies = new ArrayList<>();
  private final List<Event> served = new ArrayList<>();
  private long received;

  /** Links to proxies take a random number of bytes at a time. */
  private static final class Clogging extends ForwardingPoller {
    private final Random random;
    private int server; // its port

    Clogging(Poller real, long seed) {
      super(real);
      random = new Random(seed);
    }

    @Override
    public Link connect(SocketAddress remote) throws IOException {
      Link link = super.connect(remote);
      if (((InetSocketAddress) remote).getPort() == server) {
        return link;
      }
      return new ForwardingLink(link) {
        @Override
        public int write(ByteBuffer source) throws IOException {
          int limit = source.limit();
          int some = random.nextInt(1 << (1 + random.nextInt(12)));
          source.limit(source.position() + Math.min(source.remaining(), some));
          try {
            return super.write(source);
          } finally {
            source.limit(limit);
          }
        }
      };
    }
  }

  private static LoopSetup clogging(long seed, Clogging[] made) {
    return EventLoop.setup()
        .poller(
            ForwardingPoller.provider(
                Pollers.chosen((String) null), real -> made[0] = new Clogging(real, seed)));
  }

  private void visit(EventLoop loop, Clogging poller, int bytes, int count) {
    SslServer server =
        Ssl.server(loop, "127.0.0.1", 0)
            .credentials(Pki.LOCAL)
            .onRead((socket, data) -> {
              received += data.remaining();
              data.position(data.limit());
            })
            .onEvent(served::add)
            .open();
    poller.server = server.port();
    SslContext context = SslContext.client().trust(Pki.TRUST).build();
    List<TestProxy> proxies = new ArrayList<>();
    List<Proxy> through = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TestProxy proxy = TestProxy.secure(loop, Pki.LOCAL);
      proxies.add(proxy);
      through.add(Ssl.proxy(Proxy.http("127.0.0.1", proxy.port()), context));
    }
    Ssl.connect(loop, "localhost", server.port())
        .trust(Pki.TRUST)
        .through(through.getFirst(), through.subList(1, count).toArray(Proxy[]::new))
        .onSecure((socket, session) -> {
          socket.write(new byte[bytes]);
          socket.close();
        })
        .onEvent(events::add)
        .onClose(() -> {
          server.close();
          proxies.forEach(TestProxy::close);
          proxies.forEach(proxy -> atProxies.addAll(proxy.events));
        })
        .open();
  }

  @Test
  void every_proxy_and_the_server_hear_a_clean_end() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      int bytes = random.nextInt(1 << (1 + random.nextInt(16)));
      int count = 1 + random.nextInt(2);
      Clogging[] poller = new Clogging[1];
      received = 0;
      Loops.run(clogging(seed, poller), loop -> visit(loop, poller[0], bytes, count));
      assertThat(events).as("seed %d", seed).isEmpty();
      assertThat(received).as("seed %d", seed).isEqualTo(bytes);
      assertThat(served).as("seed %d", seed).allMatch(TcpEof.class::isInstance);
      assertThat(atProxies).as("seed %d", seed).allMatch(TcpEof.class::isInstance);
    }
  }
}
