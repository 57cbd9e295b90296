package dev.ferrule;

import dev.ferrule.event.TcpEof;
import dev.ferrule.spi.ByteQueue;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What comes in on a lane: to the read callback, which borrows the loop's buffer, or to where it
 * waits for a stream or for a callback that is set later.
 */
final class Inbound {
  /** Bytes that wait unread, in a stream or for a read callback, before reading pauses. */
  private static final int UNREAD_BOUND = 256 * 1024;

  private final Lane lane;
  private @Nullable ByteQueue unread;
  private @Nullable AsyncStream stream;
  private @Nullable ByteBuffer lent; // what a read callback holds just now
  private boolean streaming; // what comes waits in the stream, whatever read callback there is
  private boolean askAgain; // a callback was set, or reading resumed: it hears of what waits
  private boolean off;
  private boolean ended;
  private boolean endTold;

  Inbound(Lane lane) {
    this.lane = lane;
  }

  // ---- where it goes

  /** The stream that reads this lane; null when there is none. */
  @Nullable AsyncStream stream() {
    return stream;
  }

  /** From now on what comes waits in the stream. */
  AsyncStream streaming() {
    streaming = true;
    askAgain = unread != null;
    if (stream == null) {
      stream = new AsyncStream(lane);
    }
    return stream;
  }

  /** From now on what comes goes to the read callback, what waits first. */
  void calling() {
    streaming = false;
    lane.noteAgain();
  }

  void pause() {
    off = true;
    lane.watch();
  }

  void resume() {
    off = false;
    askAgain = unread != null;
    lane.noteAgain();
    lane.watch();
  }

  /** Whether the peer ended its side. */
  boolean ended() {
    return ended;
  }

  /** Whether the program knows of that. */
  boolean endTold() {
    return endTold;
  }

  /** The link's end was seen while nobody wanted the input any more. */
  void endSeen() {
    ended = true;
  }

  /** Whether more is to be read from the wire. */
  boolean wanted() {
    return timed() && lane.want != Wire.WRITE;
  }

  /** Whether the peer is waited for: then it has the time of the read limit. */
  boolean timed() {
    return !off && !ended && (unread == null || unread.size() < UNREAD_BOUND);
  }

  // ---- reading

  /** The link is ready, or the wire holds something. */
  void readable() {
    if (!lane.taskRuns && wanted()) {
      read();
    }
  }

  /** Its part of the again-list: what waits for a callback, and what the wire holds. */
  void again() {
    if (unread != null && (askAgain || !streaming)) {
      deliverUnread();
    }
    Wire wire = lane.wire;
    if (lane.state == Lane.State.OPEN && wire != null && wire.buffered()) {
      readable();
    }
    tellEnd();
  }

  private void read() {
    Wire wire = lane.wire;
    if (wire == null) {
      return;
    }
    ByteBuffer data = lane.loop.buffers().plain(wire.memory());
    int n;
    try {
      n = wire.read(data);
    } catch (IOException | RuntimeException e) {
      lane.ending.fail(Failures.of(e, lane.socket));
      return;
    }
    if (n > 0) {
      lane.deadlines.received();
      deliver(data.flip());
      if (lane.state == Lane.State.OPEN && wire.buffered()) {
        lane.noteAgain();
      }
      return;
    }
    switch (n) {
      case Wire.END -> {
        ended = true;
        tellEnd();
      }
      case Wire.TASK -> lane.runTask(wire);
      default -> {
        lane.want = n;
        if (n == Wire.READ && wire.buffered()) {
          lane.noteAgain(); // it had its turn, and holds more: the link will not tell
        }
      }
    }
  }

  private void deliver(ByteBuffer data) {
    ReadCallback<TcpSocket> callback = lane.callbacks.read;
    if (callback != null && unread == null && !streaming) {
      call(callback, data);
      return;
    }
    if (unread == null) {
      unread = new ByteQueue(lane.loop.buffers());
    }
    unread.put(data);
    deliverUnread();
  }

  private boolean calls() {
    return lane.state == Lane.State.OPEN
        && !off
        && (streaming ? lane.callbacks.stream != null : lane.callbacks.read != null);
  }

  /** Tells the stream's callback, or hands what waits to the read callback, a piece at a time. */
  private void deliverUnread() {
    ByteQueue queue = unread;
    if (queue == null || !calls()) {
      return;
    }
    StreamCallback<TcpSocket> streamCallback = lane.callbacks.stream;
    ReadCallback<TcpSocket> callback = lane.callbacks.read;
    if (streaming) {
      askAgain = false;
      if (streamCallback != null && stream != null) {
        call(streamCallback, stream);
      }
    } else if (callback != null) {
      ByteBuffer piece = ByteBuffer.allocate((int) Math.min(queue.size(), UNREAD_BOUND));
      queue.take(piece);
      if (queue.isEmpty()) {
        unread = null;
      } else {
        lane.noteAgain();
      }
      call(callback, piece.flip());
    }
  }

  private void call(ReadCallback<TcpSocket> callback, ByteBuffer data) {
    lent = data;
    try {
      callback.read(lane.socket, data);
    } catch (RuntimeException e) {
      lane.loop.guard().callbackFailed(lane.callbacks.event, e, lane.socket);
    } finally {
      lent = null;
    }
  }

  private void call(StreamCallback<TcpSocket> callback, AsyncStream of) {
    try {
      callback.ready(lane.socket, of);
    } catch (RuntimeException e) {
      lane.loop.guard().callbackFailed(lane.callbacks.event, e, lane.socket);
    }
  }

  /** Tells the end in its place: behind what waits, when there is somebody who takes that. */
  private void tellEnd() {
    Wire wire = lane.wire;
    if (!ended || endTold || lane.state != Lane.State.OPEN || wire == null) {
      return;
    }
    deliverAll();
    if (lane.state != Lane.State.OPEN || (off && unread != null)) {
      return;
    }
    endTold = true;
    lane.tell(new TcpEof(lane.socket));
    if (lane.ending.failsSoon()) {
      return; // what it wrote cannot go out any more (before TLS 1.3): it is told so
    }
    deliverAll(); // the event callback may have been the one who set a read callback
    if (lane.state == Lane.State.OPEN
        && (lane.out.ended() || !lane.limits.halfOpen() || !wire.halfCloses())) {
      lane.ending.drain();
    }
  }

  private void deliverAll() {
    while (unread != null && !streaming && calls()) {
      deliverUnread();
    }
  }

  // ---- for streams and upgrades

  /** Moves what waits: the number of bytes, maybe 0. */
  int take(ByteBuffer destination) {
    if (unread == null) {
      return 0;
    }
    int n = unread.take(destination);
    if (unread.isEmpty()) {
      unread = null;
    }
    lane.watch();
    return n;
  }

  /** Bytes that wait. */
  long waiting() {
    return unread == null ? 0 : unread.size();
  }

  /** Drops what waits and what a read callback holds and has not consumed: how many bytes. */
  long drop() {
    long dropped = waiting();
    if (unread != null) {
      unread.clear();
      unread = null;
    }
    if (lent != null) {
      dropped += lent.remaining();
      lent.position(lent.limit());
    }
    return dropped;
  }

  /** The socket is gone: what waits is only of use to a stream. */
  void release() {
    if (stream == null) {
      drop();
    }
  }
}
