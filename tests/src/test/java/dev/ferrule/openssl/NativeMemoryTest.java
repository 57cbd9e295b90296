package dev.ferrule.openssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.openssl.NativeObjects.Kind;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever a connection comes to, its native memory is given back, and so is its context's. */
@Tag("once")
class NativeMemoryTest {
  private static final int BATCHES = 40;
  private static final int CONNECTIONS = 40; // of each batch: fewer than a listener holds

  /** How a connection ends. */
  private enum Way {
    CLIENT_CLOSES,
    CLIENT_ABORTS,
    CLIENT_ABORTS_IN_HANDSHAKE,
    CLIENT_DISTRUSTS,
    SERVER_CLOSES,
    SERVER_ABORTS,
    BOTH_ABORT,
    NOBODY
  }

  private static final List<Way> WAYS = List.of(Way.values());

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @Test
  void every_end_gives_it_back() {
    long before = NativeContext.live();
    everyEnd(BATCHES);
    assertThat(NativeContext.live()).as("seed %s", seed).isEqualTo(before);
  }

  private void everyEnd(int batches) {
    long before = NativeContext.live();
    SslContext distrustful = client().trust(List.of(ThrowawayCa.create().certificate())).build();
    for (int batch = 0; batch < batches; batch++) {
      SslContext clients =
          client()
              .trust(Pki.TRUST)
              .credentials(Pki.CLIENT)
              .maxProtocol(random.nextBoolean() ? Protocol.TLS_1_2 : Protocol.TLS_1_3)
              .records(random.nextBoolean() ? RecordLayer.JAVA : RecordLayer.LIBRARY)
              .build();
      batch(clients, distrustful);
      // A task may still run when its loop has ended: it gives back what it works on.
      Loops.eventually(() -> NativeContext.live() == before);
    }
  }

  private static SslContextBuilder client() {
    return SslContext.client().provider("openssl");
  }

  /** Ends with the loop, when only those are left that nobody ends. */
  private void batch(SslContext clients, SslContext distrustful) {
    ClientAuth asked = List.of(ClientAuth.values()).get(random.nextInt(3));
    int[] left = {CONNECTIONS};
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          var server =
              Ssl.server(loop, "127.0.0.1", 0)
                  .provider("openssl")
                  .credentials(Pki.LOCAL)
                  .trust(Pki.TRUST)
                  .clientAuth(asked)
                  .onRead((socket, data) -> {
                    switch (WAYS.get(data.get())) {
                      case SERVER_CLOSES -> socket.close();
                      case SERVER_ABORTS, BOTH_ABORT -> socket.abort();
                      default -> socket.write("answer");
                    }
                  })
                  .onEvent(event -> {})
                  .open();
          Runnable ended =
              () -> {
                if (--left[0] == 0) {
                  loop.exit(); // with what nobody ended
                }
              };
          for (int i = 0; i < CONNECTIONS; i++) {
            Way way = WAYS.get(random.nextInt(WAYS.size()));
            var setup =
                Ssl.connect(loop, "127.0.0.1", server.port())
                    .context(way == Way.CLIENT_DISTRUSTS ? distrustful : clients)
                    .serverName("localhost")
                    .closeTimeout(Duration.ofMillis(200))
                    .onRead((socket, data) -> {})
                    .onEvent(event -> {})
                    .onSecure((socket, session) -> secure(socket, way, ended));
            if (way == Way.CLIENT_ABORTS_IN_HANDSHAKE) {
              setup.onConnect(socket -> loop.execute(socket::abort));
            }
            if (way != Way.NOBODY) {
              setup.onClose(ended);
            }
            setup.open();
          }
        });
  }

  private static void secure(SslSocket socket, Way way, Runnable ended) {
    switch (way) {
      case CLIENT_CLOSES -> socket.close();
      case CLIENT_ABORTS -> socket.abort();
      case SERVER_CLOSES, SERVER_ABORTS -> socket.write(new byte[] {(byte) indexOf(way)});
      case BOTH_ABORT -> {
        socket.write(new byte[] {(byte) indexOf(way)});
        socket.loop().execute(socket::abort);
      }
      case NOBODY -> ended.run();
      default -> {}
    }
  }

  private static int indexOf(Way way) {
    return WAYS.indexOf(way);
  }

  @Test
  void a_context_goes_when_nobody_refers_to_it() {
    for (int i = 0; i < 20; i++) {
      assertThat(client().trust(Pki.TRUST).build().provider()).isEqualTo("openssl");
    }
    Loops.eventually(() -> {
      System.gc();
      return NativeContext.contexts() < 20;
    });
  }

  @Test
  void every_object_that_openssl_makes_is_freed_once() {
    try (NativeObjects objects = NativeObjects.count()) {
      everyEnd(10);
      Loops.eventually(() -> {
        System.gc(); // contexts go with the objects that refer to them
        return Stream.of(Kind.values()).allMatch(kind -> objects.live(kind) == 0);
      });
      for (Kind kind : Kind.values()) {
        String what = objects + "seed " + seed;
        assertThat(objects.made(kind)).as(what).isGreaterThan(20);
        assertThat(objects.live(kind)).as(what).isZero();
        assertThat(objects.wrong(kind)).as(what).isZero();
      }
    }
  }
}
