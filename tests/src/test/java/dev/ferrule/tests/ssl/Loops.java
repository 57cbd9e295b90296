package dev.ferrule.tests.ssl;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs a loop on the test's thread until nothing is left to wait for, but not for ever. */
final class Loops {
  private static final ScheduledExecutorService WATCH =
      Executors.newSingleThreadScheduledExecutor(
          work -> Thread.ofPlatform().name("watchdog").daemon().unstarted(work));

  private Loops() {}

  static void run(Consumer<EventLoop> main) {
    run(EventLoop.setup(), main);
  }

  static void run(LoopSetup setup, Consumer<EventLoop> main) {
    setup.run(loop -> {
      Runnable bite =
          () -> {
            throw new AssertionError("the loop does not end: " + loop.stats());
          };
      ScheduledFuture<?> watchdog = WATCH.schedule(() -> loop.execute(bite), 30, TimeUnit.SECONDS);
      loop.onExit(() -> watchdog.cancel(false));
      main.accept(loop);
    });
  }
}
