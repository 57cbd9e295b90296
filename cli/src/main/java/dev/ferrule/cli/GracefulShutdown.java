package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopGroup;
import java.time.Duration;

/**
 * The end of loops that serve: they accept no more, send what is queued, close, and end once all
 * peers have closed in turn, or their patience is over.
 */
final class GracefulShutdown {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private GracefulShutdown() {}

  /** Begins it on each loop; nothing for loops that have ended. Any thread. */
  static void begin(LoopGroup loops) {
    try {
      loops.execute(GracefulShutdown::begin);
    } catch (IllegalStateException e) {
      // The loops have ended by themselves.
    }
  }

  private static void begin(EventLoop loop) {
    loop.closeAll();
    loop.delay(PATIENCE, loop::exit);
    Runnable done =
        () -> {
          if (loop.stats().incoming() == 0) {
            loop.exit();
          }
        };
    done.run();
    loop.interval(LOOK_AGAIN, done);
  }
}
