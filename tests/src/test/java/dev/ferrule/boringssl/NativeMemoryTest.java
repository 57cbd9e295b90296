package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever a connection comes to, its native memory is given back, and so is its context's. */
@Tag("once")
class NativeMemoryTest {
  private static final int BATCHES = 75;
  private static final int CONNECTIONS = 40; // of each batch: fewer than a listener holds
  private static final SslContext DISTRUSTFUL =
      trusting(List.of(ThrowawayCa.create().certificate())).build();
  private static final SslContext OLD =
      trusting(Handshaken.TRUST).maxProtocol(Protocol.TLS_1_2).build();

  private static SslContextBuilder trusting(List<X509Certificate> issuers) {
    return SslContext.client().provider("boringssl").trust(issuers);
  }

  /** How a connection ends, one of these for each in turn. */
  private enum Way {
    CLIENT_CLOSES,
    CLIENT_CLOSES_TLS_1_2,
    CLIENT_ABORTS,
    CLIENT_ABORTS_IN_HANDSHAKE,
    CLIENT_DISTRUSTS,
    CLIENT_SPEAKS_PLAINLY,
    CLIENT_CLOSES_IN_READ_CALLBACK,
    CLIENT_ENDS_HALF,
    SERVER_CLOSES,
    SERVER_ABORTS,
    NOBODY
  }

  @Test
  void every_end_gives_it_back() {
    long before = NativeContext.live();
    SslContext clients = trusting(Handshaken.TRUST).build();
    for (int batch = 0; batch < BATCHES; batch++) {
      int first = batch;
      Loops.runUntilExit(
          batch % 2 == 0 ? EventLoop.setup() : EventLoop.setup().tasks(Runnable::run),
          loop -> batch(loop, clients, first));
      // A task may still run when its loop has ended: it gives back what it works on.
      eventually(() -> NativeContext.live() == before);
    }
    assertThat(NativeContext.live()).isEqualTo(before);
  }

  /** Ends with the loop, when only those are left that nobody ends. */
  private static void batch(EventLoop loop, SslContext clients, int first) {
    int[] left = {CONNECTIONS};
    SslServer server =
        Ssl.server(loop, "127.0.0.1", 0)
            .provider("boringssl")
            .credentials(Handshaken.LOCAL)
            .trust(Handshaken.TRUST)
            .clientAuth(first % 3 == 0 ? ClientAuth.OPTIONAL : ClientAuth.NONE)
            .onRead((socket, data) -> {
              switch (data.get()) {
                case 'c' -> socket.close();
                case 'a' -> socket.abort();
                default -> socket.write("answer");
              }
            })
            .onEvent(event -> {})
            .open();
    Runnable closed =
        () -> {
          if (--left[0] == 0) {
            loop.exit(); // with what nobody ended
          }
        };
    for (int i = 0; i < CONNECTIONS; i++) {
      connect(loop, clients, server.port(), Way.values()[i % Way.values().length], closed);
    }
  }

  private static void connect(
      EventLoop loop, SslContext clients, int port, Way way, Runnable closed) {
    if (way == Way.CLIENT_SPEAKS_PLAINLY) {
      Tcp.connect(loop, "127.0.0.1", port)
          .data("GET / HTTP/1.1\r\n\r\n")
          .onRead((socket, data) -> data.position(data.limit()))
          .onEvent(event -> {})
          .onClose(closed)
          .open();
      return;
    }
    SslClientSetup setup =
        Ssl.connect(loop, "127.0.0.1", port)
            .serverName("localhost")
            .closeTimeout(Duration.ofMillis(200))
            .onRead((socket, data) -> {
              if (way == Way.CLIENT_CLOSES_IN_READ_CALLBACK) {
                socket.close();
              }
            })
            .onEvent(event -> {});
    setup.context(
        switch (way) {
          case CLIENT_DISTRUSTS -> DISTRUSTFUL;
          case CLIENT_CLOSES_TLS_1_2 -> OLD;
          default -> clients;
        });
    if (way == Way.CLIENT_ABORTS_IN_HANDSHAKE) {
      setup.onConnect(socket -> loop.execute(socket::abort));
    }
    setup.onSecure((socket, session) -> {
      switch (way) {
        case CLIENT_CLOSES, CLIENT_CLOSES_TLS_1_2 -> socket.close();
        case CLIENT_ABORTS -> socket.abort();
        case CLIENT_CLOSES_IN_READ_CALLBACK -> socket.write("talk");
        case CLIENT_ENDS_HALF -> socket.shutdownOutput();
        case SERVER_CLOSES -> socket.write("c");
        case SERVER_ABORTS -> socket.write("a");
        case NOBODY -> closed.run();
        default -> {}
      }
    });
    if (way != Way.NOBODY) {
      setup.onClose(closed);
    }
    setup.open();
  }

  @Test
  void a_context_goes_when_nobody_refers_to_it_and_its_last_connection_has_ended()
      throws Exception {
    eventually(() -> {
      System.gc(); // contexts of other tests
      return NativeContext.contexts() == 0 || NativeContext.live() == 0;
    });
    long before = NativeContext.contexts();
    var pair =
        Handshaken.pair(
            Handshaken.boringssl(Handshaken.settings(false)),
            Handshaken.boringssl(Handshaken.settings(true)));
    pair.pump();
    for (int i = 0; i < 3; i++) {
      System.gc(); // the factories are unreachable, the wires are not
    }
    pair.client().send(new byte[100]);
    pair.pump();
    assertThat(pair.server().received()).hasSize(100);
    pair.close();
    eventually(() -> {
      System.gc();
      return NativeContext.contexts() <= before;
    });
  }

  /** Waits for what another thread is about to do. */
  private static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
