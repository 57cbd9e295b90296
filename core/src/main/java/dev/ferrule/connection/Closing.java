package dev.ferrule.connection;

import dev.ferrule.jfr.Recorder;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How a connection ends: in order, or at once; {@link Failing} has what makes it fail. After the
 * program asked for the end it hears nothing more, the close callback apart, and that what it had
 * written could not be sent.
 */
public final class Closing {
  private final Connection connection;
  private @Nullable Records last; // that the wire counted, once it is gone
  private boolean asked;
  private boolean byProgram;
  private boolean cut; // the end shall not pass for a clean one
  private boolean wasReset;
  private boolean notified; // close_notify, or the rest of an alert, is in the outlet
  private boolean finSent;
  private boolean decrypts; // what is discarded, to see the peer's close_notify
  private boolean confirmed;
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

  /** The end begins: from now on it counts as closed. */
  void begin() {
    asked = true;
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
    if (connection.failing().failsSoon()) {
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

  /** What is queued goes out, then the end; nobody is called back any more. */
  void drain() {
    asked = true;
    connection.changed();
    connection.out().unpause();
    decrypts =
        connection.state == Connection.State.OPEN
            && !connection.isPlain()
            && !connection.taskRuns
            && !connection.in().ended()
            && connection.failing().failure() == null;
    connection.state = Connection.State.DRAINING;
    connection.times.closing();
  }

  /** Whether what the program wrote still goes to the wire. */
  boolean stillPumps() {
    return connection.state == Connection.State.DRAINING && !notified;
  }

  /** Whether {@link #endOutput} has something left to do. */
  boolean endsOutput() {
    return connection.unwraps()
        ? !notified
        : !finSent || connection.state == Connection.State.DRAINING;
  }

  /** Whether close_notify is on its way. */
  boolean isNotified() {
    return notified;
  }

  /** The connection is plain again, and has ended nothing. */
  void startsAnew() {
    notified = false;
  }

  /** All is sent? Then close_notify, then FIN, then, when closing, wait for the peer's. */
  void endOutput(Link link, Wire wire, Outlet outlet) {
    try {
      if (cut && connection.state == Connection.State.DRAINING && !cutsNow(outlet)) {
        return;
      }
      Wire ends = connection.unwraps() ? NestedWire.own(wire) : wire; // SSL to a proxy goes on
      while (!notified && !outlet.clogged()) {
        boolean full = !outlet.isEmpty();
        boolean done = ends.closeOutput() == Wire.DONE;
        // A wire that wants room although there is some has nothing more to say.
        notified = done || (!full && !outlet.clogged());
        outlet.flush();
      }
      if (!notified || !outlet.isEmpty()) {
        return;
      }
      if (connection.state == Connection.State.DRAINING && connection.in().ended()) {
        closed();
        return;
      }
      if (connection.unwraps()) {
        return; // plain text follows
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
      connection.failing().failToSend(Failures.of(e, connection.socket()));
    } catch (RuntimeException e) { // the wire's own: an alert that it left still goes out
      connection.failing().failToWrite(Failures.of(e, connection.socket()));
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

  /**
   * After close was asked nobody wants the input: it is only read to see the peer's close_notify,
   * which confirms that of this side, and its FIN.
   */
  void discard() {
    Wire wire = connection.wire;
    if (decrypts && wire != null) {
      decrypts = goesOn(wire);
    } else {
      discardBytes();
    }
  }

  /**
   * Whether the wire has more to say. Where close_notify stops the output, a wire whose outlet is
   * clogged keeps that back and wants room: then the peer was first, and what is queued goes on.
   */
  private boolean goesOn(Wire wire) {
    Outlet outlet = connection.outlet;
    if (!notified && wire.endStopsOutput() && (outlet == null || !outlet.clogged())) {
      return true; // later: close_notify, if it came, would cost what goes out until then
    }
    try {
      int n = wire.read(connection.loop.buffers().plain(wire.memory()));
      if (n == Wire.END) {
        peerEnded();
      }
      return n > 0 || n == Wire.READ;
    } catch (IOException e) {
      connection.failing().fail(Failures.of(e, connection.socket()));
      return false;
    } catch (RuntimeException e) {
      if (finSent && outlet != null) {
        outlet.clear(); // too late for an alert
      }
      connection.failing().failToClose(e);
      return false;
    }
  }

  /** Whether a record that was read already is still to be discarded. */
  boolean hasWork() {
    Wire wire = connection.wire;
    return decrypts
        && connection.state.compareTo(Connection.State.OPEN) > 0
        && wire != null
        && wire.buffered();
  }

  /** Its part of the again-list. */
  void again() {
    if (hasWork()) {
      discard();
    }
  }

  /** Whether what comes is decrypted still. */
  boolean decrypts() {
    return decrypts;
  }

  /** The peer's end was read: it confirms what the link has taken of this side's before. */
  void peerEnded() {
    Outlet outlet = connection.outlet;
    confirmed |= notified && !connection.isPlain() && outlet != null && outlet.isEmpty();
  }

  /** Whether the peer's close_notify came behind that of this side. */
  public boolean isConfirmed() {
    return confirmed;
  }

  private void discardBytes() {
    Link link = connection.link;
    if (link == null) {
      return;
    }
    try {
      int n = link.read(connection.loop.buffers().input(Memory.NATIVE));
      if (connection.outlet != null) {
        connection.outlet.received(n);
      }
      if (n < 0) {
        connection.in().endSeen();
        if (connection.state == Connection.State.LINGERING) {
          closed();
        }
      }
    } catch (IOException e) {
      connection.failing().fail(Failures.of(e, connection.socket()));
    }
  }

  // ---- at once

  /** The program wants it gone: RST, and what is queued is lost. */
  public void abort() {
    byProgram = byProgram || !asked(); // what has ended already was not ended by this call
    reset();
  }

  /** Ends it with RST. */
  void reset() {
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

  /** Whether it ended by a reset of this side. */
  public boolean wasReset() {
    return wasReset;
  }

  /** What the wire counted in its life; null while it lives, and when it counted nothing. */
  @Nullable Records last() {
    return last;
  }

  /** Whether it has ended and the close callback has been called. */
  public boolean isReleased() {
    return released;
  }

  /** Nothing more can happen; the link goes in the last phase of the turn. */
  void closed() {
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
    boolean loses = connection.failing().hasUnsentData();
    connection.state = Connection.State.CLOSED;
    released = true;
    connection.loop.handles().remove(connection);
    connection.times.released();
    connection.opening().dropped();
    if (connection.link != null && Recorder.closes()) {
      Recorder.closed(CloseFacts.of(connection));
    }
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
    if (!released || wire == null) {
      return;
    }
    if (connection.taskRuns) {
      wire.abandonTask();
    } else {
      connection.wire = null;
      last = Records.of(wire);
      wire.release();
    }
  }
}
