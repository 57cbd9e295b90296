package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.LoopStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs loops that must end by themselves, soon, and leave nothing open. */
final class Loops {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final ScheduledExecutorService WATCHDOG =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watchdog").factory());

  static {
    // The JDK keeps one socket of its own from the first close on.
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(loopback());
        SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
      client.configureBlocking(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Loops() {}

  static InetSocketAddress loopback() {
    return new InetSocketAddress("127.0.0.1", 0);
  }

  /** A loop whose handshakes run on its own thread: what happens has one order. */
  static LoopSetup inline() {
    return EventLoop.setup().tasks(Runnable::run);
  }

  static void run(Consumer<EventLoop> main) {
    run(inline(), main);
  }

  /** Fails when the loop does not end in time, or leaves a socket open. */
  static void run(LoopSetup setup, Consumer<EventLoop> main) {
    long before = sockets();
    AtomicReference<LoopStats> last = new AtomicReference<>();
    try {
      setup.run(loop -> {
        ScheduledFuture<?> bark =
            WATCHDOG.schedule(() -> bark(loop), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        loop.onExit(() -> {
          bark.cancel(false);
          last.set(loop.stats());
        });
        main.accept(loop);
      });
      assertThat(last.get().isEmpty()).as("%s", last.get()).isTrue();
    } finally {
      assertClosed(before);
    }
  }

  private static void bark(EventLoop loop) {
    loop.execute(() -> {
      throw new AssertionError("the loop did not end: " + loop.stats());
    });
  }

  /** Peers on other threads may close a moment later. */
  static void assertClosed(long before) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (sockets() > before && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(sockets()).as("open sockets").isLessThanOrEqualTo(before);
  }

  /** How many sockets this process has open; 0 where the system does not tell. */
  static long sockets() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return 0;
    }
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.filter(Loops::isSocket).count();
    } catch (IOException e) {
      return 0;
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }
}
