package dev.ferrule;

import dev.ferrule.event.EventError;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What goes out on a lane: from the program through the wire into the outlet, one write to the link
 * at the end of a dispatch, and who is told when the link has taken it.
 */
final class Outbound {
  private final Lane lane;
  private long sentNoted; // of Outlet.sent, what the deadlines know of
  private boolean off;
  private boolean ended; // asked for; Ending knows how far it got
  private boolean held; // write said to hold off

  Outbound(Lane lane) {
    this.lane = lane;
  }

  /** Whether the program ended this side. */
  boolean ended() {
    return ended;
  }

  /** True: go on writing. False: hold off until the drain callback. */
  boolean write(ByteBuffer source, @Nullable Consumer<? super TcpSocket> done) {
    requireWritable();
    Outbox box = lane.outbox;
    Outlet outlet = lane.outlet;
    if (lane.ending.failsSoon()) {
      source.position(source.limit());
      return false;
    }
    try {
      if (outlet != null && passes(outlet) && lane.wire != null) {
        box.pass(source, lane.wire, outlet);
      }
      if (source.hasRemaining()) {
        queue(source);
      }
    } catch (IOException | RuntimeException e) {
      // Not told from inside the program's call: it may be in the middle of a list of its sockets.
      source.position(source.limit());
      lane.ending.failSoon(e);
      return false;
    }
    if (done != null) {
      box.mark(done, outlet);
    }
    if (outlet != null && outlet.isEmpty() && box.isEmpty() && box.isDirty()) {
      lane.noteAgain(); // it went out at once: nothing else would tell
    }
    noteSent(outlet);
    lane.deadlines.queued();
    held = held || queued() > lane.limits.highWater();
    return !held;
  }

  /** Whether a write may go to the wire at once, past the outbox. */
  private boolean passes(Outlet outlet) {
    return lane.state == Lane.State.OPEN
        && !lane.taskRuns
        && !off
        && lane.outbox.isEmpty()
        && !outlet.clogged();
  }

  private void queue(ByteBuffer source) {
    long most = lane.limits.maxQueued();
    if (lane.outbox.size() > most) {
      throw new TcpError(
          "EOUTBOX",
          "more than "
              + most
              + " bytes wait for a peer that does not read (heed what write answers)",
          lane.socket,
          null);
    }
    lane.outbox.put(source);
  }

  /** Bytes that wait for the link. */
  long queued() {
    return lane.outbox.size() + (lane.outlet == null ? 0 : lane.outlet.waiting());
  }

  /** Whether something waits, be it held or not. */
  boolean hasQueued() {
    return queued() > 0;
  }

  /** Whether something waits that should go out now. */
  boolean hasUnsent() {
    Outlet outlet = lane.outlet;
    return (!lane.outbox.isEmpty() && !off) || (outlet != null && !outlet.isEmpty());
  }

  void pause() {
    off = true;
    lane.deadlines.sent(); // what is held does not count
  }

  void resume() {
    off = false;
    lane.deadlines.queued();
    lane.noteAgain();
  }

  /** A close sends what a pause held. */
  void unpause() {
    off = false;
  }

  /** Ends this side's output after what is queued, and goes on reading. */
  void shutdown() {
    requireWritable();
    ended = true;
    if (lane.in.endTold()) {
      lane.ending.close(); // both sides have ended
    } else {
      lane.noteAgain();
    }
  }

  private void requireWritable() {
    lane.loop.check();
    if (lane.ending.asked()) {
      throw new SocketClosed("the socket is closed: nothing can be written to it", lane.socket);
    }
    if (ended) {
      throw new SocketClosed("the output of this socket was shut down", lane.socket);
    }
  }

  // ---- sending

  /** The one write at the end of a dispatch, and what follows from it. */
  void flush() {
    Outlet outlet = lane.outlet;
    Wire wire = lane.wire;
    if (outlet == null || wire == null || lane.state == Lane.State.CLOSED) {
      return;
    }
    try {
      if (!goodbyeIsNext(outlet)) {
        outlet.flush();
        if (pumps()) {
          lane.outbox.pump(wire, outlet);
          outlet.flush();
        }
      }
    } catch (IOException e) {
      outlet.clear(); // or the wire would wait for room, and not look at what came
      lane.ending.fail(lastWords(Failures.of(e, lane.socket)));
      return;
    } catch (RuntimeException e) {
      lane.ending.fail(Failures.of(e, lane.socket));
      return;
    }
    noteSent(outlet);
    lane.deadlines.queued(); // the wire may have had something to say
    if (lane.want == Wire.WRITE
        && !outlet.clogged()
        && lane.state.compareTo(Lane.State.OPEN) <= 0) {
      if (lane.state == Lane.State.OPEN) {
        lane.want = Wire.READ;
      }
      lane.noteAgain();
    }
    noteFlushed(outlet);
    Link link = lane.link;
    boolean ends = lane.state == Lane.State.DRAINING || (lane.state == Lane.State.OPEN && ended);
    if (ends && link != null && lane.outbox.isEmpty() && !lane.taskRuns) {
      lane.ending.endOutput(link, wire, outlet);
    }
    lane.watch();
  }

  /** Whether one write can carry what is in the outlet and close_notify behind it. */
  private boolean goodbyeIsNext(Outlet outlet) {
    return lane.ending.stillPumps()
        && lane.outbox.isEmpty()
        && !lane.taskRuns
        && !outlet.clogged()
        && !(lane.wire instanceof PlainWire);
  }

  private boolean pumps() {
    return (lane.state == Lane.State.OPEN || lane.ending.stillPumps()) && !lane.taskRuns && !off;
  }

  private void noteSent(@Nullable Outlet outlet) {
    if (outlet != null && outlet.sent() != sentNoted) {
      sentNoted = outlet.sent();
      lane.deadlines.sent();
    }
  }

  /** A link that takes nothing more may still hold the alert that says why. */
  EventError lastWords(EventError otherwise) {
    Wire wire = lane.wire;
    if (wire == null || lane.taskRuns || lane.state.compareTo(Lane.State.OPEN) > 0) {
      return otherwise;
    }
    try {
      ByteBuffer data = lane.loop.buffers().plain(wire.memory());
      int left = 64;
      while (left-- > 0
          && (lane.state == Lane.State.SECURING ? wire.handshake() : wire.read(data.clear())) > 0) {
        // What the program would have read is of no use to a socket that has failed.
      }
    } catch (IOException e) {
      return otherwise;
    } catch (RuntimeException e) {
      EventError found = Failures.of(e, lane.socket);
      // After a reset the link reads like one that ended: that is no news, and would hide the
      // reset.
      return found.code().equals("TRUNCATED") ? otherwise : found;
    }
    return otherwise;
  }

  // ---- telling

  /** Its part of the again-list: sends what calls left, then tells. */
  void again() {
    Outlet outlet = lane.outlet;
    if (outlet == null) {
      return;
    }
    if (!outlet.clogged() || outlet.failed()) {
      flush();
    }
    tellDone();
    tellFlushed();
  }

  /** Only when there is somebody to tell: else it would be noted again in each turn. */
  private void noteFlushed(Outlet outlet) {
    Outbox box = lane.outbox;
    boolean done = !lane.ending.asked() && box.hasDone(outlet);
    boolean flushed = box.isDirty() && box.isEmpty() && outlet.isEmpty();
    if (flushed && lane.callbacks.write == null) {
      box.clean(); // with nobody to tell, the common echo needs no second visit in the turn
      flushed = false;
    }
    boolean drained = held && queued() <= lane.limits.lowWater();
    if (done || (tells() && (flushed || drained))) {
      lane.noteAgain();
    }
  }

  /** Only those that are done by now: one that writes on in its callback would never stop. */
  private void tellDone() {
    for (int left = lane.outbox.marks(); left > 0 && !lane.ending.asked(); left--) {
      Outlet outlet = lane.outlet; // an upgrade in a callback changes it
      Consumer<? super TcpSocket> done = outlet == null ? null : lane.outbox.nextDone(outlet);
      if (done == null) {
        return;
      }
      lane.call(done);
    }
    Outlet outlet = lane.outlet;
    if (outlet != null && !lane.ending.asked() && lane.outbox.hasDone(outlet)) {
      lane.noteAgain();
    }
  }

  private void tellFlushed() {
    Outlet outlet = lane.outlet;
    Outbox box = lane.outbox;
    if (tells() && outlet != null && box.isDirty() && box.isEmpty() && outlet.isEmpty()) {
      box.clean();
      if (lane.callbacks.write != null) {
        lane.call(lane.callbacks.write);
      }
    }
    if (tells() && held && queued() <= lane.limits.lowWater()) {
      held = false;
      if (lane.callbacks.drain != null) {
        lane.call(lane.callbacks.drain);
      }
    }
  }

  private boolean tells() {
    return lane.state == Lane.State.OPEN && !lane.ending.asked();
  }
}
