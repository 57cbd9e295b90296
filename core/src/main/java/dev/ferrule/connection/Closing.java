package dev.ferrule.connection;

import dev.ferrule.access.EventSubject;
import dev.ferrule.event.EventError;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How a connection ends: asked to by the program, by the peer, by a failure or by a limit. After
 * the program asked, it hears nothing more, the close callback apart, and that what it had written
 * could not be sent.
 */
public final class Closing {
  private final Connection connection;
  private @Nullable Exception soon; // found inside a call of the program, not told yet
  private @Nullable EventError broken; // the link takes nothing more; what it holds is read first
  private boolean asked;
  private boolean byProgram;
  private boolean cut; // the end shall not pass for a clean one
  private boolean wasReset;
  private @Nullable EventError failure; // the one that was told
  private boolean lost; // bytes that were written cannot be sent any more
  private boolean notified; // close_notify, or the rest of an alert
  private boolean finSent;
  private boolean released;

  Closing(Connection connection) {
    this.connection = connection;
  }

  /** Whether it is closed, or on its way there. */
  public boolean asked() {
    return asked || connection.state.compareTo(Connection.State.OPEN) > 0;
  }

  /** Whether it was the program that ended it, by a call. */
  boolean byProgram() {
    return byProgram;
  }

  // ---- in order

  /** What is queued, close_notify, FIN, then the peer's FIN; nothing when it ends already. */
  public void close() {
    if (asked()) {
      return;
    }
    connection.changed();
    asked = true;
    byProgram = true;
    connection.out().unpause();
    if (soon != null) {
      return; // it fails: a clean end would tell the peer that it has everything
    }
    if (connection.state == Connection.State.OPEN) {
      drain();
    } else if (connection.queue.isEmpty()) {
      if (connection.state == Connection.State.CONNECTING) {
        closed();
      } else {
        drain();
      }
    }
  }

  /**
   * As {@link #close}, but the peer sees a cut behind what is queued: FIN without close_notify, or
   * a reset where that would pass for a clean end.
   */
  public void cut() {
    if (connection.state != Connection.State.CLOSED) {
      cut = true;
      close();
    }
  }

  void drain() {
    asked = true;
    connection.changed();
    connection.out().unpause();
    connection.state = Connection.State.DRAINING;
    connection.times.closing();
  }

  /** Whether what the program wrote still goes to the wire. */
  boolean stillPumps() {
    return connection.state == Connection.State.DRAINING && !notified;
  }

  /** Whether {@link #endOutput} has something left to do. */
  boolean endsOutput() {
    return !finSent || connection.state == Connection.State.DRAINING;
  }

  /** All is sent? Then close_notify, then FIN, then, when closing, wait for the peer's. */
  void endOutput(Link link, Wire wire, Outlet outlet) {
    try {
      if (cut && connection.state == Connection.State.DRAINING && !cutsNow(outlet)) {
        return;
      }
      while (!notified && !outlet.clogged()) {
        boolean full = !outlet.isEmpty();
        // A wire that wants room although there is some has nothing more to say.
        notified = wire.closeOutput() == Wire.DONE || !full;
        outlet.flush();
      }
      if (!notified || !outlet.isEmpty()) {
        return;
      }
      if (connection.state == Connection.State.DRAINING && connection.in().ended()) {
        closed();
        return;
      }
      if (!finSent) {
        finSent = true;
        link.shutdownOutput();
      }
      if (connection.state == Connection.State.DRAINING) {
        connection.state = Connection.State.LINGERING;
        connection.times.closing();
      }
    } catch (IOException e) {
      failToSend(Failures.of(e, connection.socket()));
    } catch (RuntimeException e) { // the wire's own: an alert that it left still goes out
      failToWrite(Failures.of(e, connection.socket()));
    }
  }

  /** Whether a FIN without close_notify is what comes next. */
  private boolean cutsNow(Outlet outlet) throws IOException {
    outlet.flush();
    if (!outlet.isEmpty()) {
      return false;
    }
    if (connection.isPlain() || notified) {
      reset();
      return false;
    }
    notified = true; // without a word
    return true;
  }

  /** After close was asked nobody wants the input: it is only read to see the peer's FIN. */
  void discard() {
    Link link = connection.link;
    if (link == null) {
      return;
    }
    try {
      int n = link.read(connection.loop.buffers().input(Memory.NATIVE));
      if (n < 0) {
        connection.in().endSeen();
        if (connection.state == Connection.State.LINGERING) {
          closed();
        }
      }
    } catch (IOException e) {
      fail(Failures.of(e, connection.socket()));
    }
  }

  /** Whether bytes that the program wrote have not been taken by the link. */
  private boolean hasUnsentData() {
    Outlet outlet = connection.outlet;
    return lost
        || !connection.queue.isEmpty()
        || (outlet != null && connection.queue.isUnsent(outlet));
  }

  // ---- by failure

  /** The peer, the wire or a limit made it fail: closed first, told then, and once. */
  void fail(EventError error) {
    EventSubject.set(error, connection.socket());
    connection.changed();
    if (connection.state.compareTo(Connection.State.OPEN) > 0) {
      failWhileClosing(error);
      return;
    }
    asked = true;
    failure = error;
    boolean loses = hasUnsentData();
    connection.queue.clear();
    Outlet outlet = connection.outlet;
    boolean alert = !connection.isPlain() && Failures.leavesAlert(error);
    if (alert && !lost && outlet != null && !outlet.isEmpty()) {
      drain(); // the wire goes on with its alert, and says no close_notify behind it
      connection.out().flush();
    } else if (loses) {
      reset(); // a FIN would tell the peer that it has everything
    } else {
      closed();
    }
    connection.tell(error); // also after close, which still had something to send
  }

  /** It was on its way out already: the peer's manners are no news, but lost bytes are. */
  private void failWhileClosing(EventError error) {
    boolean news =
        hasUnsentData() && failure == null && connection.state != Connection.State.CLOSED;
    if (!news) {
      closed();
      return;
    }
    failure = error;
    reset();
    connection.tell(error);
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
        if (asked) {
          fail(error); // nobody wants what the link holds
          return;
        }
        broken = error;
        connection.changed();
      }
      default -> fail(error);
    }
  }

  /** Whether the link takes nothing more, and what it still holds is read. */
  boolean readsRest() {
    return broken != null && connection.state == Connection.State.OPEN;
  }

  /** Whether it ends once the rest is read: a clean end behind a pause waits to be told. */
  boolean endsAfterRest() {
    return readsRest() && (lost || !connection.in().ended() || connection.in().endTold());
  }

  /** Nothing more comes from a link that takes nothing more. */
  void restIsRead() {
    EventError error = broken;
    if (error == null || !endsAfterRest()) {
      return;
    }
    if (lost || !connection.in().ended()) {
      fail(error);
    } else {
      closed(); // a clean end, and nothing is lost
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

  boolean failsSoon() {
    return soon != null;
  }

  /** Whether there is any use in bytes that the program writes; if not, they are lost. */
  boolean takesBytes() {
    lost = lost || broken != null;
    return soon == null && broken == null;
  }

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

  /** After a reset the link reads like one that ended: that would hide the reset. */
  private static EventError orReset(EventError found, EventError reset) {
    return found.code().equals("TRUNCATED") ? reset : found;
  }

  /** Reading failed. */
  void failToRead(Exception failure) {
    EventError error = Failures.of(failure, connection.socket());
    EventError first = broken;
    if (first != null) {
      error = failure instanceof IOException ? first : orReset(error, first);
    }
    fail(error);
  }

  /**
   * A time limit passed: close_notify if it can go at once, and no waiting for a peer like that.
   */
  void timedOut(EventError error) {
    boolean news = connection.state.compareTo(Connection.State.OPEN) <= 0;
    Wire wire = connection.wire;
    Outlet outlet = connection.outlet;
    if (hasUnsentData()) {
      reset(); // a clean end would tell the peer that it has everything
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
    closed();
    if (news) {
      failure = error;
      connection.tell(error);
    }
  }

  /** The peer had its time: to take what is queued, which then is lost, or to end its side. */
  void closeLimitPassed(EventError loss) {
    if (!hasUnsentData()) {
      closed();
      return;
    }
    boolean news = failure == null;
    failure = news ? loss : failure;
    reset();
    if (news) {
      connection.tell(loss);
    }
  }

  // ---- at once

  /** The program wants it gone: RST, and what is queued is lost. */
  public void abort() {
    byProgram = byProgram || !asked(); // what has ended already was not ended by this call
    reset();
  }

  private void reset() {
    Link link = connection.link;
    if (connection.state == Connection.State.CLOSED) {
      return;
    }
    wasReset = true;
    closed();
    if (link != null) {
      link.abort();
    }
  }

  /** The failure that the program was told of; null when there was none. */
  public @Nullable EventError failure() {
    return failure;
  }

  /** Whether it ended by a reset of this side. */
  public boolean wasReset() {
    return wasReset;
  }

  /** Whether it has ended and the close callback has been called. */
  public boolean isReleased() {
    return released;
  }

  /** Nothing more can happen; the link goes in the last phase of the turn. */
  private void closed() {
    if (connection.state == Connection.State.CLOSED) {
      return;
    }
    connection.state = Connection.State.CLOSED;
    giveUp();
    connection.loop.releaseLater(connection);
  }

  private void giveUp() {
    connection.queue.clear();
    if (connection.outlet != null) {
      connection.outlet.clear();
    }
    if (connection.connector != null) {
      connection.connector.cancel();
      connection.connector = null;
    }
  }

  /** The last phase of the turn. */
  void release() {
    if (released) {
      return;
    }
    drop();
    Callbacks callbacks = connection.callbacks();
    try {
      if (callbacks.close != null) {
        connection.call(callbacks.close);
      }
    } finally {
      Runnable joinedEnd = callbacks.joinedEnd;
      if (joinedEnd != null) {
        connection.call(endpoint -> joinedEnd.run());
      }
    }
  }

  /** Gives everything back, without a word to anyone. */
  void drop() {
    boolean loses = hasUnsentData();
    connection.state = Connection.State.CLOSED;
    released = true;
    connection.loop.handles().remove(connection);
    connection.times.end();
    giveUp();
    connection.in().release();
    Link link = connection.link;
    if (link != null && loses) {
      link.abort(); // a FIN would tell the peer that it has everything
    } else if (link != null) {
      link.close();
    }
    releaseWire();
  }

  /** A task still works on the wire: then the wire goes when that is done. */
  void releaseWire() {
    Wire wire = connection.wire;
    if (released && wire != null && !connection.taskRuns) {
      connection.wire = null;
      wire.release();
    }
  }
}
