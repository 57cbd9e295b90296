package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Tells systemd that the process lives, as long as each of its loops turns: one that hangs has the
 * process killed and begun anew.
 */
final class Watchdog {
  private final Systemd systemd;
  private final AtomicLongArray turned; // by loop: System.nanoTime() of its last sign
  private final @Nullable Duration time;

  Watchdog(Systemd systemd, int loops) {
    this.systemd = systemd;
    this.turned = new AtomicLongArray(loops);
    this.time = systemd.watchdog();
    long now = System.nanoTime();
    for (int i = 0; i < loops; i++) {
      turned.set(i, now);
    }
  }

  /** Watches a loop, in its thread; nothing when systemd does not wait for it. */
  void watch(EventLoop loop) {
    Duration limit = time;
    if (limit != null) {
      loop.interval(limit.dividedBy(4), () -> turned(loop.number(), limit));
    }
  }

  private void turned(int number, Duration limit) {
    long now = System.nanoTime();
    turned.set(number, now);
    if (number != 0) {
      return; // the first loop speaks for all
    }
    for (int i = 0; i < turned.length(); i++) {
      if (now - turned.get(i) > limit.toNanos()) {
        return;
      }
    }
    systemd.alive();
  }
}
