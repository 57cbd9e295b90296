package dev.ferrule.connection;

import dev.ferrule.access.EventSubject;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How a connection fails: by its peer, its wire, its link or a limit. A failure is told once, after
 * the connection was closed, and never from inside a call of the program; bytes that were written
 * and cannot be sent are never passed off as a clean end.
 */
public final class Failing {
  private final Connection connection;
  private @Nullable Exception soon; // found inside a call of the program, not told yet
  private @Nullable EventError broken; // the link takes nothing more; what it holds is read first
  private @Nullable EventError failure; // the one that was told
  private boolean lost; // bytes that were written cannot be sent any more

  Failing(Connection connection) {
    this.connection = connection;
  }

  /** The failure that the program was told of; null when there was none. */
  public @Nullable EventError failure() {
    return failure;
  }

  /** Whether bytes that the program wrote have not been taken by the link. */
  boolean hasUnsentData() {
    Outlet outlet = connection.outlet;
    return lost
        || !connection.queue.isEmpty()
        || (outlet != null && connection.queue.isUnsent(outlet));
  }

  /** The peer, the wire or a limit made it fail: closed first, told then, and once. */
  void fail(EventError error) {
    EventSubject.set(error, connection.socket());
    connection.opening().recordsFailure(error);
    connection.opening().refusedLate(error);
    connection.changed();
    if (connection.state.compareTo(Connection.State.OPEN) > 0) {
      failWhileClosing(error);
      return;
    }
    connection.opening().failed(error);
    connection.closing().begin();
    failure = error;
    boolean loses = hasUnsentData();
    connection.queue.clear();
    Outlet outlet = connection.outlet;
    boolean alert = !connection.isPlain() && Failures.leavesAlert(error);
    if (alert && !lost && outlet != null && !outlet.isEmpty()) {
      // The wire goes on with its alert, and says no close_notify behind it.
      connection.closing().drain();
      connection.out().flush();
    } else if (loses) {
      connection.closing().reset(); // a FIN would tell the peer that it has everything
    } else {
      connection.closing().closed();
    }
    EventDelivery.tell(connection, error); // also after close, which still had something to send
  }

  /**
   * There was no memory for what it had to do: it alone is reset, which gives back what it has, and
   * the others of its loop go on.
   */
  void outOfMemory(OutOfMemoryError failure) {
    if (connection.state != Connection.State.CLOSED) {
      connection.queue.clear(); // before anything else is allocated
      String peer = connection.peer();
      String whom = peer == null ? "the peer" : peer;
      lost = true;
      fail(
          new TcpError(
              "ENOMEM",
              "there is no memory left for the connection with " + whom,
              connection.socket(),
              failure));
    }
  }

  /**
   * The wire failed while it closes. It is news if it still had bytes to send, but for a mere FIN,
   * and that the peer refuses this side: then the system took bytes for nothing.
   */
  void failToClose(RuntimeException failure) {
    EventError error = Failures.of(failure, connection.socket());
    boolean refused = connection.opening().isRefusal(error);
    lost = lost || refused;
    if (refused || (hasUnsentData() && !isTruncation(error))) {
      fail(error);
    }
  }

  private static boolean isTruncation(EventError error) {
    return error.code().equals("TRUNCATED");
  }

  /** It was on its way out already: the peer's manners are no news, but lost bytes are. */
  private void failWhileClosing(EventError error) {
    boolean news =
        hasUnsentData() && failure == null && connection.state != Connection.State.CLOSED;
    if (!news) {
      connection.closing().closed();
      return;
    }
    failure = error;
    connection.closing().reset();
    EventDelivery.tell(connection, error);
  }

  /** As {@link #fail}: the wire did not take what was to be sent. */
  void failToWrite(EventError error) {
    lost = hasUnsentData();
    fail(error);
  }

  /**
   * As {@link #fail}: the link did not take what was to be sent. It may still hold what the peer
   * sent before: data, the alert that says why, or close_notify, after which a reset is no news
   * unless it cost bytes of this side.
   */
  void failToSend(EventError error) {
    lost = hasUnsentData();
    connection.queue.clear();
    if (connection.outlet != null) {
      connection.outlet.clear(); // or the wire would wait for room, and not look at what came
    }
    switch (connection.state) {
      case SECURING -> fail(lastAlert(error));
      case OPEN -> {
        if (connection.closing().asked()) {
          fail(lastRead(error)); // nobody wants what the link holds, but for the reason
          return;
        }
        broken = error;
        connection.changed();
      }
      default -> fail(lost ? lastRead(error) : error);
    }
  }

  /** Whether the link takes nothing more, and what it still holds is read. */
  boolean readsRest() {
    return broken != null && connection.state == Connection.State.OPEN;
  }

  /** Whether the link failed, also if that is not told yet: a call of the program has found it. */
  boolean linkFailed() {
    return readsRest() || soon instanceof IOException;
  }

  /** Whether it ends once the rest is read: a clean end behind a pause waits to be told. */
  boolean endsAfterRest() {
    return readsRest()
        && (lost || !connection.in().ended() || connection.in().endTold() || connection.unwraps());
  }

  /** Nothing more comes from a link that takes nothing more. */
  void restIsRead() {
    EventError error = broken;
    if (error == null || !endsAfterRest()) {
      return;
    }
    if (lost || !connection.in().ended() || connection.unwraps()) {
      fail(error);
    } else {
      connection.closing().closed(); // a clean end, and nothing is lost
    }
  }

  /** It closes, and its link takes nothing more: true. */
  boolean endsUnsent() {
    EventError error = broken;
    if (error == null || connection.state != Connection.State.DRAINING) {
      return false;
    }
    fail(error);
    return true;
  }

  /** As {@link #fail}, but not now: the program is in the middle of a call. */
  void failSoon(Exception reason) {
    if (soon == null) {
      soon = reason;
    }
    connection.changed();
  }

  /** As {@link #failSoon}; bytes that the program wrote were dropped. */
  void failSoonWithLoss(Exception reason) {
    lost = true;
    failSoon(reason);
  }

  /** Whether a failure waits to be told. */
  boolean failsSoon() {
    return soon != null;
  }

  /** Whether there is any use in bytes that the program writes; if not, they are lost. */
  boolean takesBytes() {
    lost = lost || broken != null;
    return soon == null && broken == null;
  }

  /** Tells what {@link #failSoon} kept. */
  void failIfDue() {
    Exception reason = soon;
    if (reason == null) {
      return;
    }
    soon = null;
    EventError error = Failures.of(reason, connection.socket());
    // A link that failed may hold more; a wire that failed, or never was, has no more to say.
    if (reason instanceof IOException) {
      failToSend(error);
    } else {
      fail(error);
    }
  }

  /** A handshake that cannot go on: the link may still hold the alert that says why. */
  private EventError lastAlert(EventError otherwise) {
    Wire wire = connection.wire;
    if (wire == null || connection.taskRuns) {
      return otherwise;
    }
    try {
      wire.handshake();
    } catch (IOException e) {
      return otherwise;
    } catch (RuntimeException e) {
      return orReset(Failures.of(e, connection.socket()), otherwise);
    }
    return otherwise;
  }

  /** Bytes cannot be sent while it closes: the link may still hold the alert that says why. */
  private EventError lastRead(EventError otherwise) {
    Wire wire = connection.wire;
    boolean reads = connection.state == Connection.State.OPEN || connection.closing().decrypts();
    if (wire == null || !reads || connection.taskRuns) {
      return otherwise;
    }
    try {
      int n = 1;
      for (int left = Input.REST_READS; left > 0 && (n > 0 || n == Wire.READ); left--) {
        n = wire.read(connection.loop.buffers().plain(wire.memory()));
      }
    } catch (IOException e) {
      return otherwise;
    } catch (RuntimeException e) {
      return orReset(Failures.of(e, connection.socket()), otherwise);
    }
    return otherwise;
  }

  /** After a reset the link reads like one that ended: that would hide the reset. */
  private static EventError orReset(EventError found, EventError reset) {
    return isTruncation(found) ? reset : found;
  }

  /** Reading failed. */
  void failToRead(Exception failure) {
    EventError error = Failures.of(failure, connection.socket());
    EventError first = broken;
    if (first == null && soon instanceof IOException found) {
      first = Failures.of(found, connection.socket()); // by a call, and not told yet
    }
    if (first != null) {
      error = failure instanceof IOException ? first : orReset(error, first);
    }
    fail(error);
  }

  /**
   * A time limit passed: close_notify if it can go at once, and no waiting for a peer like that.
   */
  void timedOut(EventError error) {
    connection.opening().recordsFailure(error);
    boolean news = connection.state.compareTo(Connection.State.OPEN) <= 0;
    connection.opening().failed(error);
    Wire wire = connection.wire;
    Outlet outlet = connection.outlet;
    if (hasUnsentData()) {
      connection.closing().reset(); // a clean end would tell the peer that it has everything
    } else if (connection.state == Connection.State.OPEN
        && wire != null
        && outlet != null
        && !connection.taskRuns) {
      try {
        wire.closeOutput();
        outlet.flush();
      } catch (IOException | RuntimeException e) {
        connection.queue.clear(); // the time limit is the news, not that close_notify failed too
      }
    }
    connection.closing().closed();
    if (news) {
      failure = error;
      EventDelivery.tell(connection, error);
    }
  }

  /** The peer had its time: to take what is queued, which then is lost, or to end its side. */
  void closeLimitPassed(EventError loss) {
    if (!hasUnsentData()) {
      connection.closing().closed();
      return;
    }
    boolean news = failure == null;
    failure = news ? loss : failure;
    connection.closing().reset();
    if (news) {
      EventDelivery.tell(connection, loss);
    }
  }
}
