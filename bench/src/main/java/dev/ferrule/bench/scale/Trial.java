package dev.ferrule.bench.scale;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;

/**
 * A group of loops, each of which is client and server: whoever makes the load grows with the
 * loops. All share one listening address and one context, so that a client's connection may be
 * another loop's. Used by one thread; its counts are of any.
 */
final class Trial {
  private static final String HOST = "127.0.0.1";
  private static final int AT_ONCE = 16; // handshakes of a loop
  private static final int STREAMS = 16; // of a loop; few would fall unevenly on the loops
  private static final int STRIDE = 16; // no two loops' counts share a cache line
  private static final int BLOCK = 256 * 1024;

  private final Work work;
  private final int loops;
  private final SslContext serving;
  private final SslContext trusting;
  private final AtomicLongArray counts;
  private final byte[] block = new byte[BLOCK];
  private long beginNanos;
  private long endNanos;
  private long before;
  private long after;

  Trial(Work work, int loops, SslContext serving, SslContext trusting) {
    this.work = work;
    this.loops = loops;
    this.serving = serving;
    this.trusting = trusting;
    this.counts = new AtomicLongArray(loops * STRIDE);
  }

  /** Runs, and gives the units of a second: handshakes, or bytes. */
  double run(Duration settle, Duration measured) {
    AtomicInteger missing = new AtomicInteger(loops);
    LoopSetup setup = EventLoop.setup().tasks(Runnable::run); // nothing on other threads
    setup
        .loops(loops)
        .run(loop -> {
          SslServer server = serve(loop);
          if (missing.decrementAndGet() == 0) {
            int port = server.port();
            loop.group().execute(each -> connect(each, port));
            loop.delay(settle, () -> measure(loop, measured));
          }
        });
    return (after - before) * 1e9 / (endNanos - beginNanos);
  }

  private void measure(EventLoop loop, Duration measured) {
    before = sum();
    beginNanos = System.nanoTime();
    loop.delay(
        measured,
        () -> {
          after = sum();
          endNanos = System.nanoTime();
          loop.group().execute(EventLoop::exit);
        });
  }

  private long sum() {
    long sum = 0;
    for (int i = 0; i < loops; i++) {
      sum += counts.get(i * STRIDE);
    }
    return sum;
  }

  private SslServer serve(EventLoop loop) {
    Consumer<TcpSocket> send = socket -> socket.write(block);
    var setup =
        Ssl.server(loop, HOST, 0)
            .context(serving)
            .onRead((socket, data) -> {})
            .onEvent(event -> {});
    if (work == Work.BULK) {
      setup.onSecure((socket, session) -> send.accept(socket)).onWrite(send);
    }
    return setup.open();
  }

  private void connect(EventLoop loop, int port) {
    for (int i = 0; i < (work == Work.BULK ? STREAMS : AT_ONCE); i++) {
      open(loop, port);
    }
  }

  private void open(EventLoop loop, int port) {
    int at = loop.number() * STRIDE;
    Ssl.connect(loop, HOST, port)
        .context(trusting)
        .onSecure((socket, session) -> {
          if (work == Work.HANDSHAKE) {
            counts.getAndIncrement(at);
            socket.close();
          }
        })
        .onRead((socket, data) -> count(at, data))
        .onEvent(event -> {})
        .onClose(socket -> again(loop, port))
        .open();
  }

  private void count(int at, ByteBuffer data) {
    counts.getAndAdd(at, data.remaining());
  }

  private void again(EventLoop loop, int port) {
    if (endNanos == 0) {
      loop.delay(Duration.ZERO, () -> open(loop, port));
    }
  }
}
