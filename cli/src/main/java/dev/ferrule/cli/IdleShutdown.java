package dev.ferrule.cli;

import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Half-closes a socket once nothing has been received or sent for a time. Most servers drop an
 * answer that they are still working on when they read a close_notify or a FIN, so the end of
 * standard input alone is no reason to send one. Belongs to the loop's thread.
 */
final class IdleShutdown {
  private final TcpSocket socket;
  private final @Nullable Duration idle;
  private final BooleanSupplier held;
  private final LongSupplier clock; // nanoseconds
  private @Nullable Timer timer;
  private long lastActivity;

  /**
   * Does nothing before {@link #begin}.
   *
   * @param idle the time without activity; null for never, zero for at once
   * @param held whether reading is paused: what the peer sends meanwhile is not seen
   * @param clock {@link System#nanoTime}
   */
  IdleShutdown(
      TcpSocket socket, @Nullable Duration idle, BooleanSupplier held, LongSupplier clock) {
    this.socket = socket;
    this.idle = idle;
    this.held = held;
    this.clock = clock;
  }

  /** Standard input has ended. */
  void begin() {
    if (idle == null || socket.isClosed()) {
      return;
    }
    if (idle.isZero()) {
      socket.shutdownOutput();
      return;
    }
    activity();
    check(idle);
  }

  /** Something was received, reading goes on, or all that was written has gone out. */
  void activity() {
    lastActivity = clock.getAsLong();
  }

  /** The socket has closed: a timer would keep the loop running. */
  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void check(Duration limit) {
    // The time is compared when the timer fires, because activity is more frequent than that.
    if (socket.queued() > 0 || held.getAsBoolean()) {
      activity();
    }
    Duration left = limit.minusNanos(clock.getAsLong() - lastActivity);
    if (left.isPositive()) {
      timer = socket.loop().delay(left, () -> check(limit));
    } else {
      timer = null;
      socket.shutdownOutput();
    }
  }
}
