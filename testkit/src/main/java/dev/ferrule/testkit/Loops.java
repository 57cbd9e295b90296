package dev.ferrule.testkit;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.LoopStats;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs loops, or groups of loops, for tests: on the thread of the test, so that an assertion that
 * fails in a callback fails the test, and for at most {@link #LONGEST}. Afterwards no descriptor
 * may be open; peers on threads of their own have some seconds to close theirs.
 */
public final class Loops {
  /** How long a loop may run, in real time, before an error says what it waits for. */
  public static final Duration LONGEST = Duration.ofSeconds(30);

  private static final ScheduledExecutorService WATCHDOG =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watchdog of loops").factory());

  private Loops() {}

  /** Settings with handshake tasks on the loop's thread, so that the order of events is fixed. */
  public static LoopSetup inline() {
    return EventLoop.setup().tasks(Runnable::run);
  }

  /** Runs a loop with the settings of {@link #inline}. */
  public static void runInline(Consumer<EventLoop> main) {
    run(inline(), main);
  }

  /** Runs a loop as {@link EventLoop#run} does, until nothing is left to wait for. */
  public static void run(Consumer<EventLoop> main) {
    run(EventLoop.setup(), main);
  }

  /** The same with settings. */
  public static void run(LoopSetup setup, Consumer<EventLoop> main) {
    AtomicReference<@Nullable LoopStats> last = new AtomicReference<>();
    runUntilExit(
        setup,
        loop -> {
          loop.onExit(() ->
              last.accumulateAndGet(
                  loop.stats(), (a, b) -> a == null || b == null ? b : a.plus(b)));
          main.accept(loop);
        });
    LoopStats open = last.get();
    if (open == null || !open.isEmpty()) {
      throw new AssertionError("open at the end: " + open);
    }
  }

  /**
   * Runs a loop that ends with open sockets or timers: by {@link EventLoop#exit}, or by an
   * exception.
   */
  public static void runUntilExit(LoopSetup setup, Consumer<EventLoop> main) {
    Set<String> before = Descriptors.open();
    try {
      setup.run(loop -> {
        Future<?> timeout =
            WATCHDOG.schedule(
                () -> loop.execute(() -> fail(loop)), LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        loop.onExit(() -> timeout.cancel(false));
        main.accept(loop);
      });
    } finally {
      if (!holds(() -> Descriptors.openSince(before).isEmpty())) {
        leaks(Descriptors.openSince(before));
      }
    }
  }

  private static void leaks(Set<String> open) {
    throw new AssertionError("descriptors left open: " + open);
  }

  private static void fail(EventLoop loop) {
    throw new AssertionError("the loop still runs after " + LONGEST + ": " + loop.stats());
  }

  /** Waits until a condition holds, which another thread brings about; fails after a time limit. */
  public static void eventually(BooleanSupplier condition) {
    if (!holds(condition)) {
      throw new AssertionError("the condition did not hold in time");
    }
  }

  private static boolean holds(BooleanSupplier condition) {
    long end = System.nanoTime() + LONGEST.toNanos() / 3;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(100_000);
    }
    return true;
  }
}
