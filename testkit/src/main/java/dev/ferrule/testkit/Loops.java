package dev.ferrule.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.LoopStats;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs loops for tests, or groups of them: on the thread of the test, so that an assertion that
 * fails in a callback fails the test, and never longer than {@link #LONGEST}. Afterwards nothing
 * may be left open.
 */
public final class Loops {
  /** How long a loop may run, in real time, before it is broken off with what it waits for. */
  public static final Duration LONGEST = Duration.ofSeconds(20);

  private Loops() {}

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
    assertThat(last.get()).as("what is open at the end").matches(s -> s != null && s.isEmpty());
  }

  /** Runs a loop that is left with things open: by {@link EventLoop#exit}, or by an exception. */
  public static void runUntilExit(LoopSetup setup, Consumer<EventLoop> main) {
    Set<String> before = Descriptors.open();
    CountDownLatch ended = new CountDownLatch(1);
    try {
      setup.run(loop -> {
        watch(loop, ended);
        main.accept(loop);
      });
    } finally {
      ended.countDown();
      assertThat(Descriptors.openSince(before)).as("descriptors left open").isEmpty();
    }
  }

  private static void watch(EventLoop loop, CountDownLatch ended) {
    Thread.ofPlatform()
        .daemon()
        .name("watchdog of a loop")
        .start(() -> {
          try {
            if (!ended.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
              loop.execute(() -> breakOff(loop));
            }
          } catch (InterruptedException | IllegalStateException e) {
            Thread.currentThread().interrupt(); // it has ended after all
          }
        });
  }

  private static void breakOff(EventLoop loop) {
    throw new AssertionError("the loop still runs after " + LONGEST + ": " + loop.stats());
  }
}
