package dev.ferrule.tests.interop;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs a loop on the thread of the test, but not for ever. Unlike the testkit's Loops it does not
 * look at descriptors: here other threads of the test have sockets of their own.
 */
final class Bounded {
  private static final ScheduledExecutorService WATCH =
      Executors.newSingleThreadScheduledExecutor(
          work -> Thread.ofPlatform().name("watchdog").daemon().unstarted(work));

  private Bounded() {}

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
