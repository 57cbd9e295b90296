package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.event.TcpError;
import dev.ferrule.spi.FileRange;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What goes out on a connection: from the program through the wire into the outlet, one write to
 * the link at the end of a dispatch, and who is told when the link has taken it.
 */
public final class Output {
  /** Bytes that one connection sends in one go, so that the others have their turn. */
  private static final long BYTES_PER_TURN = 4L * 1024 * 1024;

  /** The content of this many bytes of a file is read at once: it is one record, or less. */
  private static final long SMALL_FILE = 16 * 1024;

  /** The most files that wait on one connection: each takes descriptors. */
  private static final int MOST_FILES = 1024;

  private final Connection connection;
  private long sentNoted; // of Outlet.sent, what the time limits know of
  private boolean paused;
  private boolean ended; // asked for; Closing knows how far it got
  private boolean held; // write said to hold off

  Output(Connection connection) {
    this.connection = connection;
  }

  /** Whether the program ended this side. */
  public boolean ended() {
    return ended;
  }

  /** True: go on writing. False: hold off until the drain callback, or the connection ended. */
  public boolean write(ByteBuffer source, @Nullable Consumer<? super Endpoint> done) {
    if (!takesBytes()) {
      source.position(source.limit());
      return false;
    }
    connection.changed();
    WriteQueue queue = connection.queue;
    Outlet outlet = connection.outlet;
    try {
      if (outlet != null && passes(outlet) && connection.wire != null) {
        queue.pass(source, connection.wire, outlet);
      }
      if (source.hasRemaining()) {
        queue(source);
      }
    } catch (IOException | RuntimeException e) {
      // Not told from inside the program's call: it may be in the middle of a list of its sockets.
      source.position(source.limit());
      connection.failing().failSoonWithLoss(e);
      return false;
    }
    if (done != null) {
      queue.mark(done, outlet);
    }
    held = held || queued() > connection.limits().highWater();
    return !held;
  }

  /** The same of a part of a file, which is opened now, and read as the peer takes it. */
  public boolean sendFile(
      Path path, long offset, long length, @Nullable Consumer<? super Endpoint> done) {
    FileRange.require(offset, length);
    if (!takesBytes()) {
      return false;
    }
    FileRange file = FileRange.open(path, offset, length);
    if (length <= SMALL_FILE) {
      try {
        return write(file.content(), done);
      } finally {
        file.close();
      }
    }
    connection.changed();
    WriteQueue queue = connection.queue;
    if (queue.files() == MOST_FILES) {
      file.close();
      connection.failing().failSoonWithLoss(tooMuch(MOST_FILES + " files"));
      return false;
    }
    queue.put(file);
    if (done != null) {
      queue.mark(done, connection.outlet);
    }
    held = held || queued() > connection.limits().highWater();
    return !held;
  }

  /**
   * Whether bytes may be written. What ended for another reason than the program's own call takes
   * none and says nothing, and so does what the program closed when another connection's callback
   * writes to it: a relay or a broadcast needs no guard.
   *
   * @throws SocketClosed when the program ended this side itself
   */
  private boolean takesBytes() {
    connection.loop.check();
    boolean closed = connection.closing().asked();
    if (!closed && !ended) {
      return connection.failing().takesBytes();
    }
    if ((ended || connection.closing().byProgram()) && !connection.loop.callsOther(connection)) {
      throw new SocketClosed(
          closed
              ? "the socket is closed: nothing can be written to it"
              : "the output of this socket was shut down",
          connection.socket());
    }
    return false;
  }

  /** Whether a write may go to the wire at once, past the queue. */
  private boolean passes(Outlet outlet) {
    return connection.state == Connection.State.OPEN
        && !connection.taskRuns
        && !paused
        && connection.queue.isEmpty()
        && !outlet.clogged();
  }

  private void queue(ByteBuffer source) {
    long most = connection.limits().maxQueued();
    if (connection.queue.memory() > most) {
      throw tooMuch("more than " + most + " bytes");
    }
    connection.queue.put(source);
  }

  private TcpError tooMuch(String what) {
    return new TcpError(
        "EOUTBOX",
        what + " wait for a peer that does not read (heed what write answers)",
        connection.socket(),
        null);
  }

  /** Whether a file waits to be sent. */
  public boolean sendsFile() {
    return connection.queue.files() > 0;
  }

  /** Bytes of the program that the wire has taken so far. */
  public long count() {
    return connection.queue.taken();
  }

  /** Bytes that wait for the link, those of files too. */
  public long queued() {
    Outlet outlet = connection.outlet;
    return connection.queue.size() + (outlet == null ? 0 : outlet.waiting());
  }

  /** Whether something waits that should go out now. */
  boolean hasUnsent() {
    Outlet outlet = connection.outlet;
    return (!connection.queue.isEmpty() && !paused) || (outlet != null && !outlet.isEmpty());
  }

  /** Keeps what is written from now on. */
  public void pause() {
    paused = true;
    connection.changed();
  }

  /** Sends what was kept, and goes on. */
  public void resume() {
    paused = false;
    connection.changed();
  }

  /** A close sends what a pause held. */
  void unpause() {
    paused = false;
  }

  /** Ends this side's output after what is queued, and goes on reading; nothing when it ended. */
  public void shutdown() {
    connection.loop.check();
    if (ended || connection.closing().asked()) {
      return;
    }
    ended = true;
    connection.changed();
    if (connection.in().endTold()) {
      connection.closing().close(); // both sides have ended
    }
  }

  /** This side's part of SSL ends; the connection goes on. */
  void endForUnwrapping() {
    ended = true;
    connection.changed();
  }

  /** The connection is plain again. */
  void startsAnew() {
    ended = false;
  }

  // ---- sending

  /** Sends until nothing is left, the link takes no more, or others have their turn. */
  void flush() {
    Outlet outlet = connection.outlet;
    Wire wire = connection.wire;
    if (outlet == null
        || wire == null
        || connection.state == Connection.State.CLOSED
        || connection.failing().readsRest()
        || connection.failing().endsUnsent()) {
      return;
    }
    try {
      if (!closeNotifyIsNext(outlet)) {
        send(outlet, wire);
      }
    } catch (IOException e) {
      connection.failing().failToSend(Failures.of(e, connection.socket()));
      return;
    } catch (RuntimeException e) {
      connection.failing().failToWrite(Failures.of(e, connection.socket()));
      return;
    }
    noteSent(outlet);
    if (connection.callbacks().write == null && connection.queue.isEmpty() && outlet.isEmpty()) {
      connection.queue.clean(); // with nobody to tell, an echo needs no second visit in the turn
    }
    Link link = connection.link;
    if (link != null && endsNow()) {
      connection.closing().endOutput(link, wire, outlet);
    }
  }

  /**
   * A link that clogs may take all at the next call, for the peer's acknowledgement came between:
   * only what the link did not take by the last call waits for the poller.
   */
  private void send(Outlet outlet, Wire wire) throws IOException {
    outlet.retry();
    outlet.flush();
    if (!pumps()) {
      return;
    }
    if (!connection.queue.pump(wire, outlet, BYTES_PER_TURN)) {
      throw new TcpError(
          "ESTALLED", "the SSL provider takes no more bytes", connection.socket(), null);
    }
    outlet.flush();
  }

  /** Whether the output ends once what is queued has gone out. */
  private boolean endsNow() {
    boolean ends =
        connection.state == Connection.State.DRAINING
            || (connection.state == Connection.State.OPEN && ended);
    return ends
        && connection.queue.isEmpty()
        && !connection.taskRuns
        && !connection.failing().failsSoon();
  }

  /** Whether one write can carry what is in the outlet and close_notify behind it. */
  private boolean closeNotifyIsNext(Outlet outlet) {
    return connection.closing().stillPumps()
        && connection.queue.isEmpty()
        && !connection.taskRuns
        && !outlet.clogged()
        && !(connection.wire instanceof PlainWire);
  }

  private boolean pumps() {
    return (connection.state == Connection.State.OPEN || connection.closing().stillPumps())
        && !connection.taskRuns
        && !paused;
  }

  private void noteSent(Outlet outlet) {
    if (outlet.sent() != sentNoted) {
      sentNoted = outlet.sent();
      connection.times.sent();
    }
  }

  // ---- telling

  /** Whether it can go on without the poller, or has something to tell. */
  boolean hasWork() {
    Outlet outlet = connection.outlet;
    if (outlet == null) {
      return false;
    }
    if (outlet.failed()) {
      return true;
    }
    boolean sends = pumps() && !connection.queue.isEmpty() && !outlet.clogged();
    boolean ends = endsNow() && !outlet.clogged() && connection.closing().endsOutput();
    return sends || ends || doneIsDue(outlet) || flushedIsDue(outlet) || drainedIsDue();
  }

  /** Its part of the again-list: tells; what calls left is sent at the end of the dispatch. */
  void again() {
    tellDone();
    tellFlushed();
  }

  private boolean doneIsDue(Outlet outlet) {
    return !connection.closing().asked() && connection.queue.hasDone(outlet);
  }

  private boolean flushedIsDue(Outlet outlet) {
    return tells() && connection.queue.isDirty() && connection.queue.isEmpty() && outlet.isEmpty();
  }

  private boolean drainedIsDue() {
    return tells() && held && queued() <= connection.limits().lowWater();
  }

  /** Only those that are done by now: one that writes on in its callback would never stop. */
  private void tellDone() {
    for (int left = connection.queue.marks(); left > 0; left--) {
      Outlet outlet = connection.outlet; // an upgrade in a callback changes it
      if (outlet == null || connection.closing().asked()) {
        return;
      }
      Consumer<? super Endpoint> done = connection.queue.nextDone(outlet);
      if (done == null) {
        return;
      }
      connection.call(done);
    }
  }

  private void tellFlushed() {
    Outlet outlet = connection.outlet;
    if (outlet != null && flushedIsDue(outlet)) {
      connection.queue.clean();
      Consumer<Endpoint> callback = connection.callbacks().write;
      if (callback != null) {
        connection.call(callback);
      }
    }
    if (drainedIsDue()) {
      held = false;
      Consumer<Endpoint> callback = connection.callbacks().drain;
      if (callback != null) {
        connection.call(callback);
      }
    }
  }

  private boolean tells() {
    return connection.state == Connection.State.OPEN
        && !connection.closing().asked()
        && !connection.failing().readsRest();
  }
}
