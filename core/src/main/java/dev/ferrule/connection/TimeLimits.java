package dev.ferrule.connection;

import dev.ferrule.event.TcpTimeout;
import dev.ferrule.event.TcpTimeout.Limit;
import dev.ferrule.loop.TimerTask;
import dev.ferrule.loop.Timers;
import dev.ferrule.spi.Wire;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time limits of one connection, on one timer. Which of them count follows from its state;
 * {@link #settle} sees that. Traffic only moves a deadline back, so it only notes the time; the
 * timer looks at the notes when it fires and goes to sleep again if it was early.
 */
final class TimeLimits {
  /** How often a wire that waits for an answer is called again: its peer may have left. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final Connection connection;
  private @Nullable TimerTask timer;
  private long beganNanos; // of connecting, of the handshake, of closing
  private long receivedNanos;
  private long sentNanos; // the link took something, or the first byte was queued
  private boolean readCounts;
  private boolean writeCounts;
  private boolean waits; // the wire, for an answer
  private boolean unwraps; // the peer's close_notify is waited for
  private long askedNanos;
  private Connection.@Nullable State settledState;
  private @Nullable Limits settledLimits;

  TimeLimits(Connection connection) {
    this.connection = connection;
  }

  void connectBegins() {
    beganNanos = connection.loop.clock(); // read anew: a long callback must not eat the limit
  }

  void handshakeBegins() {
    beganNanos = connection.loop.clock();
  }

  void handshakeEnds() {
    receivedNanos = connection.loop.now();
    sentNanos = receivedNanos;
  }

  void closing() {
    beganNanos = connection.loop.clock();
    sentNanos = beganNanos;
    settledState = null;
  }

  void received() {
    receivedNanos = connection.loop.now();
  }

  /** The limit of silence was set: it counts from now. */
  void readLimitBegins() {
    receivedNanos = connection.loop.clock();
  }

  void sent() {
    boolean counts = writeCounts || connection.state != Connection.State.OPEN;
    // A long callback that writes at its end must not eat the limit, where one counts.
    sentNanos = counts ? connection.loop.clock() : connection.loop.now();
  }

  /** Sees which limits count now; what begins to count, counts from now. */
  void settle() {
    boolean reads = readCounts();
    boolean writes = writeCounts();
    boolean asks = waits();
    boolean ends = unwraps();
    boolean begins =
        (ends && !unwraps)
            || (reads && !readCounts)
            || (writes && !writeCounts)
            || (asks && !waits);
    if (reads && !readCounts) {
      receivedNanos = connection.loop.clock();
    }
    if (writes && !writeCounts) {
      sentNanos = connection.loop.clock();
    }
    if (asks && !waits) {
      askedNanos = connection.loop.clock();
    }
    if (ends && !unwraps) {
      beganNanos = connection.loop.clock();
    }
    unwraps = ends;
    readCounts = reads;
    writeCounts = writes;
    waits = asks;
    if (begins || settledState != connection.state || settledLimits != connection.limits()) {
      settledState = connection.state;
      settledLimits = connection.limits();
      arm();
    }
  }

  /** From the moment that the socket was opened, as long as its peer is waited for. */
  private boolean readCounts() {
    return connection.limits().read() != null
        && connection.state.compareTo(Connection.State.OPEN) <= 0
        && connection.in().timed();
  }

  private boolean writeCounts() {
    return connection.limits().write() != null
        && connection.state == Connection.State.OPEN
        && connection.out().hasUnsent();
  }

  /** Silence counts, in both directions: the peer may have much to send before its end. */
  private boolean unwraps() {
    return connection.unwraps() && connection.in().timed();
  }

  private boolean waits() {
    return connection.state == Connection.State.SECURING && connection.want == Wire.LATER;
  }

  /** The timer may have to fire earlier, or not at all. */
  private void arm() {
    Expiry next = next();
    if (next == null) {
      end();
      return;
    }
    TimerTask current = timer;
    if (current == null) {
      current = connection.loop.timers().task(this::fire, 0);
      timer = current;
    }
    if (!current.isPending() || next.dueNanos() - current.dueNanos() < 0) {
      connection.loop.timers().add(current, next.dueNanos());
    }
  }

  /** Whether the timer fires when the next limit passes, or before. */
  boolean isArmed() {
    if (readCounts() != readCounts
        || writeCounts() != writeCounts
        || waits() != waits
        || unwraps() != unwraps) {
      return false;
    }
    Expiry next = next();
    TimerTask current = timer;
    return next == null
        || (current != null && current.isPending() && current.dueNanos() - next.dueNanos() <= 0);
  }

  void end() {
    TimerTask current = timer;
    if (current != null) {
      connection.loop.timers().remove(current);
      timer = null;
    }
  }

  private void fire() {
    connection.changed();
    Expiry next = next();
    if (next == null || next.dueNanos() - connection.loop.now() > 0) {
      arm();
    } else if (next.limit() == null && waits) {
      askedNanos = connection.loop.now();
      arm();
      connection.opening().askAgain();
    } else if (next.limit() == null) {
      connection
          .failing()
          .closeLimitPassed(new TcpTimeout(Limit.WRITE, next.after(), connection.socket()));
    } else {
      connection
          .failing()
          .timedOut(new TcpTimeout(next.limit(), next.after(), connection.socket()));
    }
  }

  /** What ends first; a limit of null is no news to anyone: that of closing, or to ask again. */
  private record Expiry(@Nullable Limit limit, Duration after, long dueNanos) {
    static @Nullable Expiry first(@Nullable Expiry one, @Nullable Expiry other) {
      if (one == null || other == null) {
        return one == null ? other : one;
      }
      return one.dueNanos - other.dueNanos <= 0 ? one : other;
    }
  }

  private @Nullable Expiry next() {
    Limits limits = connection.limits();
    Expiry silence = readCounts ? at(Limit.READ, limits.read(), receivedNanos) : null;
    return switch (connection.state) {
      case CONNECTING -> Expiry.first(at(Limit.CONNECT, limits.connect(), beganNanos), silence);
      case SECURING ->
          Expiry.first(
              Expiry.first(at(Limit.HANDSHAKE, limits.handshake(), beganNanos), silence),
              waits ? at(null, ASK_AGAIN, askedNanos) : null);
      case OPEN ->
          Expiry.first(
              Expiry.first(
                  silence, writeCounts ? at(Limit.WRITE, limits.write(), sentNanos) : null),
              unwraps ? at(Limit.CLOSE, limits.close(), lastTraffic()) : null);
      case DRAINING -> at(null, limits.close(), sentNanos);
      case LINGERING -> at(null, limits.close(), beganNanos);
      case CLOSED -> null;
    };
  }

  private long lastTraffic() {
    long traffic = receivedNanos - sentNanos > 0 ? receivedNanos : sentNanos;
    return traffic - beganNanos > 0 ? traffic : beganNanos;
  }

  private static @Nullable Expiry at(
      @Nullable Limit limit, @Nullable Duration after, long sinceNanos) {
    return after == null ? null : new Expiry(limit, after, sinceNanos + Timers.nanos(after));
  }
}
