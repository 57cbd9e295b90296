package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.LoopStats;
import dev.ferrule.testkit.Descriptors;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * As the testkit's, but with handshakes on the loop's own thread, so that what happens has one
 * order, and with a moment for peers on other threads to close.
 */
final class Loops {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final ScheduledExecutorService WATCHDOG =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watchdog").factory());

  private Loops() {}

  static LoopSetup inline() {
    return EventLoop.setup().tasks(Runnable::run);
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  static void run(Consumer<EventLoop> main) {
    run(inline(), main);
  }

  /** Fails when the loop does not end by itself, soon, or leaves something open. */
  static void run(LoopSetup setup, Consumer<EventLoop> main) {
    AtomicReference<LoopStats> last = new AtomicReference<>();
    runUntilExit(
        setup,
        loop -> {
          loop.onExit(() -> last.set(loop.stats()));
          main.accept(loop);
        });
    assertThat(last.get().isEmpty()).as("%s", last.get()).isTrue();
  }

  /** For a loop that is left with things open: all of them are closed all the same. */
  static void runUntilExit(LoopSetup setup, Consumer<EventLoop> main) {
    Set<String> before = Descriptors.open();
    try {
      setup.run(loop -> {
        ScheduledFuture<?> bark =
            WATCHDOG.schedule(() -> bark(loop), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        loop.onExit(() -> bark.cancel(false));
        main.accept(loop);
      });
    } finally {
      eventually(() -> Descriptors.openSince(before).isEmpty());
      assertThat(Descriptors.openSince(before)).as("descriptors left open").isEmpty();
    }
  }

  /** Waits for what another thread is about to do. */
  static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static void bark(EventLoop loop) {
    loop.execute(() -> {
      throw new AssertionError("the loop did not end: " + loop.stats());
    });
  }
}
