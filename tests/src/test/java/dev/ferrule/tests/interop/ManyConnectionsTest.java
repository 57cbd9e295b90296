package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopStats;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Descriptors;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Many connections, ended in every way there is, leave nothing behind. */
class ManyConnectionsTest {
  /** How a connection ends. */
  private enum End {
    CLOSED_BY_CLIENT,
    CLOSED_BY_SERVER,
    CLOSED_BY_BOTH,
    ABORTED_BY_CLIENT,
    ABORTED_BY_SERVER,
    ABORTED_IN_THE_HANDSHAKE,
    CLOSED_IN_THE_HANDSHAKE,
    CERTIFICATE_REFUSED,
    CLOSED_WITH_MUCH_UNSENT
  }

  private final SslContext clients = SslContext.client().trust(Pki.TRUST).build();
  private SslServer server;
  private int begun;
  private int ended;
  private LoopStats last;
  private long heapEarly;
  private long heapLate;

  @Test
  void two_thousand_connections_one_after_the_other_leave_nothing_behind() {
    run(2_000, 1);
    assertThat(ended).isEqualTo(2_000);
    assertThat(heapLate - heapEarly).isLessThan(8L * 1024 * 1024);
  }

  @Test
  void five_hundred_connections_at_once_leave_nothing_behind() {
    run(500, 500);
    assertThat(ended).isEqualTo(500);
  }

  private void run(int total, int atOnce) {
    Set<String> before = Descriptors.open();
    Loops.run(loop -> {
      server = Ends.server(loop).onRead(this::obey).onEvent(event -> {}).backlog(1_000).open();
      for (int i = 0; i < atOnce; i++) {
        begin(loop, total);
      }
    });
    assertThat(last.isEmpty()).isTrue();
    assertThat(Descriptors.openSince(before)).isEmpty();
  }

  private void begin(EventLoop loop, int total) {
    End end = End.values()[begun++ % End.values().length];
    SslClientSetup setup = Ssl.connect(loop, "127.0.0.1", server.port());
    if (end != End.CERTIFICATE_REFUSED) {
      setup.context(clients);
    }
    SslSocket _ =
        setup
            .onConnect(socket -> inHandshake(end, socket))
            .onSecure((socket, session) -> whenSecure(end, socket))
            .onRead((socket, data) -> socket.close())
            .onEvent(event -> {})
            .onClose(() -> next(loop, total))
            .open();
  }

  private static void inHandshake(End end, SslSocket socket) {
    switch (end) {
      case ABORTED_IN_THE_HANDSHAKE -> socket.abort();
      case CLOSED_IN_THE_HANDSHAKE -> socket.close();
      default -> {}
    }
  }

  private static void whenSecure(End end, SslSocket socket) {
    switch (end) {
      case CLOSED_BY_CLIENT -> socket.close();
      case ABORTED_BY_CLIENT -> socket.abort();
      case CLOSED_BY_SERVER -> socket.write("close");
      case CLOSED_BY_BOTH -> socket.write("both");
      case ABORTED_BY_SERVER -> socket.write("abort");
      case CLOSED_WITH_MUCH_UNSENT -> {
        socket.write(new byte[2_000_000]);
        socket.abort();
      }
      default -> throw new AssertionError(end);
    }
  }

  private void obey(SslSocket socket, ByteBuffer data) {
    switch (data.get()) {
      case 'c' -> socket.close();
      case 'a' -> socket.abort();
      case 'b' -> {
        socket.write("you too");
        socket.close();
      }
      default -> {}
    }
  }

  private void next(EventLoop loop, int total) {
    ended++;
    if (ended == total / 4) {
      heapEarly = used();
    }
    if (begun < total) {
      begin(loop, total);
    } else if (ended == total) {
      heapLate = used();
      server.close();
      whenAllIsReleased(loop);
    }
  }

  private void whenAllIsReleased(EventLoop loop) {
    loop.delay(
        Duration.ofMillis(5),
        () -> {
          last = loop.stats();
          if (!last.isEmpty()) {
            whenAllIsReleased(loop);
          }
        });
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
