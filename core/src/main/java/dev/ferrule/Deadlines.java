package dev.ferrule;

import dev.ferrule.event.TcpTimeout;
import dev.ferrule.event.TcpTimeout.Limit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time limits of one lane, on one timer. Traffic only moves a deadline back, so it only notes
 * the time; the timer looks at the notes when it fires and goes to sleep again if it was early.
 */
final class Deadlines {
  private final Lane lane;
  private @Nullable Timer timer;
  private long beganNanos; // of connecting, of the handshake, of closing
  private long receivedNanos;
  private long sentNanos; // the link took something, or the first byte was queued
  private boolean counting; // something waits to be sent

  Deadlines(Lane lane) {
    this.lane = lane;
  }

  void connectBegins() {
    beganNanos = lane.loop.clock(); // read anew: a long callback must not eat the limit
    changed();
  }

  void handshakeBegins() {
    beganNanos = lane.loop.clock();
    receivedNanos = beganNanos;
    changed();
  }

  void handshakeEnds() {
    receivedNanos = lane.loop.now();
    sentNanos = receivedNanos;
    changed();
  }

  void closing() {
    beganNanos = lane.loop.clock();
    sentNanos = beganNanos;
    changed();
  }

  void received() {
    receivedNanos = lane.loop.now();
  }

  /** Reading was off and is on: silence counts from now. */
  void readingBegins() {
    receivedNanos = lane.loop.clock();
    if (lane.limits.read() != null) {
      changed();
    }
  }

  void sent() {
    sentNanos = nowOfWriting();
    counting = counting && lane.out.hasUnsent();
  }

  /** Something may wait to be sent now: the limit counts from the first byte. */
  void queued() {
    if (!counting && lane.out.hasUnsent()) {
      counting = true;
      sentNanos = nowOfWriting();
      if (lane.limits.write() != null) {
        changed();
      }
    }
  }

  /** A long callback that writes at its end must not eat the limit, where one counts. */
  private long nowOfWriting() {
    boolean counts = lane.limits.write() != null || lane.state != Lane.State.OPEN;
    return counts ? lane.loop.clock() : lane.loop.now();
  }

  /** The state or a limit changed: the timer may have to fire earlier, or not at all. */
  void changed() {
    Expiry next = next();
    if (next == null) {
      end();
      return;
    }
    Timer set = timer;
    if (set == null) {
      set = new Timer(lane.loop.timers(), this::fire, 0);
      timer = set;
    }
    if (!set.isPending() || next.dueNanos() - set.dueNanos < 0) {
      lane.loop.timers().add(set, next.dueNanos());
    }
  }

  void end() {
    Timer set = timer;
    if (set != null) {
      lane.loop.timers().remove(set);
      timer = null;
    }
  }

  private void fire() {
    Expiry next = next();
    if (next == null || next.dueNanos() - lane.loop.now() > 0) {
      changed();
    } else if (next.limit() == null) {
      lane.ending.outOfPatience(new TcpTimeout(Limit.WRITE, next.after(), lane.socket));
    } else {
      lane.ending.timedOut(new TcpTimeout(next.limit(), next.after(), lane.socket));
    }
  }

  /** What ends first; a limit of null is that of closing, which is no news to anyone. */
  private record Expiry(@Nullable Limit limit, Duration after, long dueNanos) {
    static @Nullable Expiry first(@Nullable Expiry one, @Nullable Expiry other) {
      if (one == null || other == null) {
        return one == null ? other : one;
      }
      return one.dueNanos - other.dueNanos <= 0 ? one : other;
    }
  }

  private @Nullable Expiry next() {
    Limits limits = lane.limits;
    return switch (lane.state) {
      case CONNECTING -> at(Limit.CONNECT, limits.connect(), beganNanos);
      case SECURING -> at(Limit.HANDSHAKE, limits.handshake(), beganNanos);
      case OPEN ->
          Expiry.first(
              lane.in.timed() ? at(Limit.READ, limits.read(), receivedNanos) : null,
              lane.out.hasUnsent() ? at(Limit.WRITE, limits.write(), sentNanos) : null);
      case DRAINING -> at(null, limits.close(), sentNanos);
      case LINGERING -> at(null, limits.close(), beganNanos);
      case CLOSED -> null;
    };
  }

  private static @Nullable Expiry at(
      @Nullable Limit limit, @Nullable Duration after, long sinceNanos) {
    return after == null ? null : new Expiry(limit, after, sinceNanos + Timers.nanos(after));
  }
}
