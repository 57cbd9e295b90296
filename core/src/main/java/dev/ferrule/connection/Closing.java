package dev.ferrule.connection;

import dev.ferrule.access.EventSubject;
import dev.ferrule.event.EventError;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How a connection ends: asked to by the program, by the peer, by a failure or by a limit. After
 * the program asked, it hears nothing more, the close callback apart, and that what it had written
 * could not be sent.
 */
public final class Closing {
  private final Connection connection;
  private @Nullable Exception soon; // found inside a call of the program, not told yet
  private boolean asked;
  private boolean byProgram;
  private boolean failed;
  private boolean lost; // bytes that were written cannot be sent any more
  private boolean notified; // close_notify, or the rest of an alert
  private long dataEnd; // of Outlet.produced: where close_notify begins
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
      while (!notified && !outlet.clogged()) {
        dataEnd = outlet.produced();
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
    } catch (IOException | RuntimeException e) {
      failToSend(Failures.of(e, connection.socket()));
    }
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
    if (lost || !connection.queue.isEmpty()) {
      return true;
    }
    return outlet != null && !outlet.isEmpty() && !(notified && outlet.sent() >= dataEnd);
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
    failed = true;
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
    boolean news = hasUnsentData() && !failed && connection.state != Connection.State.CLOSED;
    if (!news) {
      closed();
      return;
    }
    failed = true;
    reset();
    connection.tell(error);
  }

  /** As {@link #fail}: the link did not take what was to be sent. */
  void failToSend(EventError error) {
    Outlet outlet = connection.outlet;
    lost = lost || !(notified && (outlet == null || outlet.sent() >= dataEnd));
    fail(error);
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

  void failIfDue() {
    Exception reason = soon;
    if (reason == null) {
      return;
    }
    soon = null;
    EventError error = Failures.of(reason, connection.socket());
    // A link that failed may hold an alert; a wire that failed, or never was, has no more to say.
    fail(reason instanceof IOException ? lastAlert(error) : error);
  }

  /** A link that takes nothing more may still hold the alert that says why. */
  EventError lastAlert(EventError otherwise) {
    Wire wire = connection.wire;
    if (wire == null
        || connection.taskRuns
        || connection.state.compareTo(Connection.State.OPEN) > 0) {
      return otherwise;
    }
    try {
      ByteBuffer data = connection.loop.buffers().plain(wire.memory());
      int left = 64;
      boolean securing = connection.state == Connection.State.SECURING;
      while (left-- > 0 && (securing ? wire.handshake() : wire.read(data.clear())) > 0) {
        // What the program would have read is of no use to a socket that has failed.
      }
    } catch (IOException e) {
      return otherwise;
    } catch (RuntimeException e) {
      EventError found = Failures.of(e, connection.socket());
      // After a reset the link reads like one that ended: that would hide the reset.
      return found.code().equals("TRUNCATED") ? otherwise : found;
    }
    return otherwise;
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
      failed = true;
      connection.tell(error);
    }
  }

  /** The peer had its time: to take what is queued, which then is lost, or to end its side. */
  void closeLimitPassed(EventError loss) {
    if (!hasUnsentData()) {
      closed();
      return;
    }
    boolean news = !failed;
    failed = true;
    reset();
    if (news) {
      connection.tell(loss);
    }
  }

  // ---- at once

  /** The program wants it gone: RST, and what is queued is lost. */
  public void abort() {
    byProgram = true;
    reset();
  }

  private void reset() {
    Link link = connection.link;
    if (connection.state == Connection.State.CLOSED) {
      return;
    }
    closed();
    if (link != null) {
      link.abort();
    }
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
    if (connection.callbacks().close != null) {
      connection.call(connection.callbacks().close);
    }
  }

  /** Gives everything back, without a word to anyone. */
  void drop() {
    connection.state = Connection.State.CLOSED;
    released = true;
    connection.loop.handles().remove(connection);
    connection.times.end();
    giveUp();
    connection.in().release();
    if (connection.link != null) {
      connection.link.close();
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
