package dev.ferrule;

import dev.ferrule.event.EventError;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How a lane ends: asked to by the program, by the peer, by a failure or by a limit. After the
 * program asked, it hears nothing more, the close callback apart.
 */
final class Ending {
  private final Lane lane;
  private @Nullable Exception soon; // found inside a call of the program, not told yet
  private boolean asked;
  private boolean failed;
  private boolean notified; // close_notify, or the alert that takes its place
  private boolean finSent;
  private boolean released;

  Ending(Lane lane) {
    this.lane = lane;
  }

  /** Whether it is closed, or on its way there. */
  boolean asked() {
    return asked || lane.state.compareTo(Lane.State.OPEN) > 0;
  }

  // ---- in order

  /** What is queued, close_notify, FIN, then the peer's FIN. */
  void close() {
    if (asked()) {
      return;
    }
    asked = true;
    lane.out.unpause();
    if (lane.state == Lane.State.OPEN) {
      drain();
    } else if (lane.outbox.isEmpty()) {
      if (lane.state == Lane.State.CONNECTING) {
        closed();
      } else {
        drain();
      }
    }
    lane.deadlines.changed();
  }

  void drain() {
    asked = true;
    lane.out.unpause();
    lane.state = Lane.State.DRAINING;
    lane.deadlines.closing();
    lane.out.flush();
    lane.watch();
  }

  /** Whether what the program wrote still goes to the wire. */
  boolean stillPumps() {
    return lane.state == Lane.State.DRAINING && !notified;
  }

  /** All is sent? Then close_notify, then FIN, then, when closing, wait for the peer's. */
  void endOutput(Link link, Wire wire, Outlet outlet) {
    try {
      for (int tries = 2; !notified && tries > 0 && !outlet.clogged(); tries--) {
        notified = wire.closeOutput() == Wire.DONE; // else a flush makes the room it wants
        outlet.flush();
      }
      if (!notified || !outlet.isEmpty()) {
        return;
      }
      if (lane.state == Lane.State.DRAINING && lane.in.ended()) {
        closed();
        return;
      }
      if (!finSent) {
        finSent = true;
        link.shutdownOutput();
      }
      if (lane.state == Lane.State.DRAINING) {
        lane.state = Lane.State.LINGERING;
        lane.deadlines.closing();
      }
    } catch (IOException | RuntimeException e) {
      fail(Failures.of(e, lane.socket));
    }
  }

  /** After close was asked nobody wants the input: it is only read to see the peer's FIN. */
  void discard() {
    Link link = lane.link;
    if (link == null) {
      return;
    }
    try {
      int n = link.read(lane.loop.buffers().input(Memory.NATIVE));
      if (n < 0) {
        lane.in.endSeen();
        if (lane.state == Lane.State.LINGERING) {
          closed();
        }
      }
    } catch (IOException e) {
      closed(); // the peer is gone: there is nobody to send the rest to
    }
  }

  // ---- by failure

  /** The peer, the wire or a limit made it fail: closed first, told then, and once. */
  void fail(EventError error) {
    error.concerns(lane.socket);
    if (lane.state.compareTo(Lane.State.OPEN) > 0) {
      closed(); // it was on its way out already; the peer's manners are no news
      return;
    }
    asked = true;
    failed = true;
    boolean lost = lane.out.hasQueued();
    lane.outbox.clear();
    Outlet outlet = lane.outlet;
    boolean alert = !(lane.wire instanceof PlainWire) && Failures.leavesAlert(error);
    if (alert && outlet != null && !outlet.isEmpty()) {
      drain(); // the wire goes on with its alert, and says no close_notify behind it
    } else if (lost) {
      abort(); // a FIN would tell the peer that it has everything
    } else {
      closed();
    }
    lane.tell(error); // also after close, which still had something to send
  }

  /** As {@link #fail}, but not now: the program is in the middle of a call. */
  void failSoon(Exception reason) {
    if (soon == null) {
      soon = reason;
    }
    lane.noteAgain();
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
    EventError error = Failures.of(reason, lane.socket);
    // A link that failed may hold an alert; a wire that failed, or never was, has no more to say.
    error = reason instanceof IOException ? lane.out.lastWords(error) : error;
    fail(error);
  }

  /**
   * A time limit passed: close_notify if it can go at once, and no waiting for a peer like that.
   */
  void timedOut(EventError error) {
    boolean news = lane.state.compareTo(Lane.State.OPEN) <= 0;
    Wire wire = lane.wire;
    Outlet outlet = lane.outlet;
    if (lane.out.hasQueued()) {
      abort(); // a clean end would tell the peer that it has everything
    } else if (lane.state == Lane.State.OPEN && wire != null && outlet != null && !lane.taskRuns) {
      try {
        wire.closeOutput();
        outlet.flush();
      } catch (IOException | RuntimeException e) {
        lane.outbox.clear(); // the time limit is the news, not that the farewell failed too
      }
    }
    closed();
    if (news) {
      lane.tell(error);
    }
  }

  /** The peer had its time: to take what is queued, which then is lost, or to end its side. */
  void outOfPatience(EventError loss) {
    if (!lane.out.hasQueued()) {
      closed();
      return;
    }
    boolean news = !failed;
    abort();
    if (news) {
      lane.tell(loss);
    }
  }

  // ---- at once

  void abort() {
    Link link = lane.link;
    if (lane.state == Lane.State.CLOSED) {
      return;
    }
    closed();
    if (link != null) {
      link.abort();
    }
  }

  /** Nothing more can happen; the link goes in the last phase of the turn. */
  void closed() {
    if (lane.state == Lane.State.CLOSED) {
      return;
    }
    lane.state = Lane.State.CLOSED;
    giveUp();
    lane.loop.releaseLater(lane);
  }

  private void giveUp() {
    lane.outbox.clear();
    if (lane.outlet != null) {
      lane.outlet.clear();
    }
    if (lane.connector != null) {
      lane.connector.cancel();
      lane.connector = null;
    }
  }

  /** The last phase of the turn. */
  void release() {
    if (released) {
      return;
    }
    drop();
    if (lane.callbacks.close != null) {
      lane.call(lane.callbacks.close);
      lane.loop.guard().finishDispatch();
    }
  }

  /** Gives everything back, without a word to anyone. */
  void drop() {
    lane.state = Lane.State.CLOSED;
    released = true;
    lane.loop.holdings().remove(lane, lane.accepted);
    lane.deadlines.end();
    giveUp();
    lane.in.release();
    if (lane.link != null) {
      lane.link.close();
    }
    releaseWire();
  }

  /** A task still works on the wire: then the wire goes when that is done. */
  void releaseWire() {
    Wire wire = lane.wire;
    if (released && wire != null && !lane.taskRuns) {
      lane.wire = null;
      wire.release();
    }
  }
}
