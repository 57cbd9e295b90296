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

  /** From when the limits of silence count, where that is later than the last traffic. */
  private static final class Starts {
    long read;
    long write;
  }

  private final Connection connection;
  private @Nullable TimerTask timer;
  private @Nullable Starts starts; // once there is such a limit
  private long beganNanos; // of connecting, of the handshake, of closing; when it was released
  private long receivedNanos; // the last bytes of the link, 0 before that
  private long sentNanos; // the link took something, 0 before that
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
    if (connection.limits().read() != null) {
      starts().read = connection.loop.now();
    }
    if (connection.limits().write() != null) {
      starts().write = connection.loop.now();
    }
  }

  void closing() {
    beganNanos = connection.loop.clock();
    settledState = null;
  }

  void received() {
    receivedNanos = orOne(connection.loop.now());
  }

  /** The limit of silence was set: it counts from now. */
  void readLimitBegins() {
    starts().read = connection.loop.clock();
  }

  private Starts starts() {
    Starts known = starts;
    if (known == null) {
      known = new Starts();
      known.read = receivedNanos;
      known.write = sentNanos;
      starts = known;
    }
    return known;
  }

  /** 0 stands for never. */
  private static long orOne(long nanos) {
    return nanos == 0 ? 1 : nanos;
  }

  void sent() {
    boolean counts = writeCounts || connection.state != Connection.State.OPEN;
    // A long callback that writes at its end must not eat the limit, where one counts.
    sentNanos = orOne(counts ? connection.loop.clock() : connection.loop.now());
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
      starts().read = connection.loop.clock();
    }
    if (writes && !writeCounts) {
      starts().write = connection.loop.clock();
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

  /** The connection is released: its times stand still. */
  void released() {
    end();
    beganNanos = connection.loop.clock();
  }

  // ---- facts

  /** Now; for a connection that was released, when it was. */
  long until() {
    return connection.closing().isReleased() ? beganNanos : connection.loop.clock();
  }

  /** When the link gave the last bytes; {@code otherwise} when it never did. */
  long lastRead(long otherwise) {
    return receivedNanos == 0 ? otherwise : receivedNanos;
  }

  /** When the link took the last bytes. */
  long lastWrite(long otherwise) {
    return sentNanos == 0 ? otherwise : sentNanos;
  }

  // ---- the timer

  private void fire() {
    connection.step(this::look);
  }

  private void look() {
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
      Connector racing = connection.connector;
      String proxy = connection.wire instanceof TunnelWire tunnel ? tunnel.awaitedProxy() : null;
      Limit limit = proxy == null ? next.limit() : Limit.PROXY;
      String detail = racing != null ? racing.progress() : proxy == null ? "" : proxy;
      connection
          .failing()
          .timedOut(new TcpTimeout(limit, next.after(), detail, connection.socket()));
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
    Starts from = starts;
    Expiry silence =
        readCounts
            ? at(Limit.READ, limits.read(), later(receivedNanos, from == null ? 0 : from.read))
            : null;
    return switch (connection.state) {
      case CONNECTING -> Expiry.first(at(Limit.CONNECT, limits.connect(), beganNanos), silence);
      case SECURING ->
          Expiry.first(
              Expiry.first(at(Limit.HANDSHAKE, limits.handshake(), beganNanos), silence),
              waits ? at(null, ASK_AGAIN, askedNanos) : null);
      case OPEN ->
          Expiry.first(
              Expiry.first(
                  silence,
                  writeCounts
                      ? at(
                          Limit.WRITE,
                          limits.write(),
                          later(sentNanos, from == null ? 0 : from.write))
                      : null),
              unwraps
                  ? at(
                      Limit.CLOSE,
                      limits.close(),
                      later(later(receivedNanos, sentNanos), beganNanos))
                  : null);
      case DRAINING -> at(null, limits.close(), later(sentNanos, beganNanos));
      case LINGERING -> at(null, limits.close(), beganNanos);
      case CLOSED -> null;
    };
  }

  /** Of a time of traffic, 0 for never, and one from which a limit counts. */
  private static long later(long traffic, long start) {
    return traffic == 0 || start - traffic > 0 ? start : traffic;
  }

  private static @Nullable Expiry at(
      @Nullable Limit limit, @Nullable Duration after, long sinceNanos) {
    return after == null ? null : new Expiry(limit, after, sinceNanos + Timers.nanos(after));
  }
}
