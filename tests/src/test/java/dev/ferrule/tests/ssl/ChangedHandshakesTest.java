package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Handshakes between two honest sides whose records somebody in between changes. Whatever that is,
 * neither side says that it is at fault itself, all connections end and give their native memory
 * back, and the servers go on serving. Others, or one again: {@code -Dferrule.changes.seed=N
 * -Dferrule.changes=N}.
 */
class ChangedHandshakesTest {
  private static final long SEED = Long.getLong("ferrule.changes.seed", 20260401L);
  private static final int COUNT = Integer.getInteger("ferrule.changes", 300);
  private static final int AT_ONCE = 12;
  private static final int EACH_LOOP = 200; // a loop of a test has a bound in time
  private static final Duration LIMIT = Duration.ofMillis(800);
  private static final String APPLICATION = "h2";

  private final Verdicts verdicts = new Verdicts();
  private final List<SslServer> servers = new ArrayList<>();
  private final Map<SocketAddress, Long> numbers = new HashMap<>();
  private long begun;
  private long last;
  private int running;
  private int served;

  @Test
  void nothing_that_is_changed_in_transit_is_this_sides_fault() {
    long held = Provided.HELD.getAsLong();
    for (begun = SEED; begun < SEED + COUNT; ) {
      last = Math.min(begun + EACH_LOOP, SEED + COUNT);
      served = 0;
      servers.clear();
      Loops.runInline(this::attack);
      assertThat(served).isEqualTo(servers.size());
    }
    String seed = "seed " + SEED + ", " + verdicts.codes;
    assertThat(verdicts.faults).as(seed).isEmpty();
    Loops.eventually(() -> Provided.HELD.getAsLong() <= held); // no native memory is left
  }

  private void attack(EventLoop loop) {
    servers.add(serve(loop, s -> s.alpn("http/1.1", APPLICATION)));
    servers.add(
        serve(
            loop,
            s ->
                s.credentials(Pki.server(KeyType.RSA_2048).credentials())
                    .clientAuth(ClientAuth.REQUIRED)
                    .trust(Pki.TRUST)));
    servers.add(serve(loop, s -> s.clientAuth(ClientAuth.OPTIONAL).trust(Pki.TRUST)));
    for (int i = 0; i < AT_ONCE; i++) {
      next(loop);
    }
  }

  private SslServer serve(EventLoop loop, java.util.function.Consumer<SslServerSetup> settings) {
    SslServerSetup setup =
        Ssl.server(loop, "127.0.0.1", 0)
            .credentials(Pki.LOCAL)
            .handshakeTimeout(LIMIT)
            .readTimeout(LIMIT)
            .closeTimeout(LIMIT)
            .onConnect(socket -> socket.attach(socket.remoteAddress()))
            .onEvent(event -> verdicts.judge("server " + number(event), event))
            .onRead((socket, data) -> socket.write(data));
    settings.accept(setup);
    return setup.open();
  }

  private Long number(Event event) {
    boolean told = event instanceof EventError error && error.socket() instanceof TcpSocket;
    return told ? numbers.get(((TcpSocket) ((EventError) event).socket()).attachment()) : null;
  }

  private void next(EventLoop loop) {
    if (begun < last) {
      long number = begun++;
      running++;
      Random random = new Random(number);
      SslServer server = servers.get(random.nextInt(servers.size()));
      int port =
          ChangedTransit.open(loop, server.port(), random, from -> numbers.put(from, number));
      SslClientSetup setup = client(loop, port, "client " + number);
      Protocol version = random.nextBoolean() ? Protocol.TLS_1_2 : Protocol.TLS_1_3;
      setup.minProtocol(version).maxProtocol(version);
      setup
          .onSecure((socket, session) -> socket.write("hello"))
          .onClose(() -> {
            running--;
            next(loop);
          })
          .open();
    } else if (running == 0) {
      servers.forEach(server -> finish(loop, server));
    }
  }

  /** An honest client in the end. */
  private void finish(EventLoop loop, SslServer server) {
    client(loop, server.port(), "the last client")
        .onSecure((socket, session) -> {
          served++;
          socket.close();
        })
        .onClose(server::close)
        .open();
  }

  private SslClientSetup client(EventLoop loop, int port, String what) {
    return Ssl.connect(loop, "127.0.0.1", port)
        .trust(Pki.TRUST)
        .credentials(Pki.CLIENT)
        .alpn(APPLICATION)
        .handshakeTimeout(LIMIT)
        .readTimeout(LIMIT)
        .closeTimeout(LIMIT)
        .onRead((socket, data) -> {
          data.position(data.limit());
          socket.close();
        })
        .onEvent(event -> verdicts.judge(what, event));
  }
}
