package dev.ferrule.cli.bench;

import dev.ferrule.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Begins the operations of an open loop at the times of a {@link Pacer}, by clients that are free.
 * Where none is free at a time, the operation waits for one, and keeps its time. Belongs to its
 * loop.
 */
final class OpenLoop {
  private static final long LATE = 1_000_000; // nanoseconds
  private static final int STEPS = 10_000; // of what never began

  private final EventLoop loop;
  private final int rate;
  private final Meter meter;
  private final ArrayDeque<Client> free = new ArrayDeque<>();
  private @Nullable Pacer pacer;
  private boolean waits; // a timer is set for the next operation

  OpenLoop(EventLoop loop, int rate, Meter meter) {
    this.loop = loop;
    this.rate = rate;
    this.meter = meter;
  }

  /** Fixes the times from {@code start} on; what was due before and has not begun is dropped. */
  void schedule(long start) {
    pacer = new Pacer(start, rate, loop.number(), loop.group().size());
    pace();
  }

  /** Nothing begins any more. */
  void end() {
    free.clear();
  }

  /** A client may begin an operation. */
  void offer(Client client) {
    if (!client.queued) {
      client.queued = true;
      free.add(client);
      pace();
    }
  }

  /** Begins what is due. */
  private void pace() {
    Pacer paced = pacer;
    while (paced != null && !free.isEmpty()) {
      long now = System.nanoTime();
      long ahead = paced.next() - now;
      if (ahead > 0) {
        waitFor(ahead);
        return;
      }
      Client client = free.remove();
      client.queued = false;
      if (client.isFree()) { // and its connection was not lost meanwhile
        long due = paced.take();
        if (now - due > LATE) {
          meter.late++;
        }
        client.begin(due, now);
      }
    }
  }

  private void waitFor(long nanos) {
    if (!waits) {
      waits = true;
      loop.delay(
          Duration.ofNanos(nanos),
          () -> {
            waits = false;
            pace();
          });
    }
  }

  /** How many operations were due before {@code now}. */
  long asked(long now) {
    Pacer paced = pacer;
    return paced == null ? 0 : Math.max(paced.dueBefore(now), paced.taken());
  }

  /**
   * How many of those did not begin. They have waited too: the first since its time, the last for
   * next to nothing; the meter gets that.
   */
  long unsent(long now) {
    Pacer paced = pacer;
    long unsent = paced == null ? 0 : asked(now) - paced.taken();
    if (paced == null || unsent == 0) {
      return 0;
    }
    double longest = now - paced.next();
    long steps = Math.min(unsent, STEPS);
    for (long i = 0; i < steps; i++) {
      long times = unsent * (i + 1) / steps - unsent * i / steps;
      meter.waited((long) (longest * (steps - i) / steps), times);
    }
    return unsent;
  }
}
