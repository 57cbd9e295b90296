package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.UnreadLimit;
import dev.ferrule.jfr.StallWatch;
import dev.ferrule.spi.ByteQueue;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What comes in on a connection: to the read callback, which borrows the loop's buffer, or to where
 * it waits for a stream or for a callback that is set later.
 */
public final class Input {
  /** Bytes that are handed to a read callback at once, of what waited. */
  private static final int PIECE = 256 * 1024;

  /** Reads of a link that takes nothing more: beyond what systems buffer for a socket. */
  static final int REST_READS = 1024;

  private final Connection connection;
  private @Nullable ByteQueue unread;
  private @Nullable ByteBuffer lent; // what a read callback holds just now
  private boolean hasStream;
  private boolean streaming; // what comes waits in the stream, whatever read callback there is
  private boolean askAgain; // a callback was set, or reading resumed: it hears of what waits
  private boolean limitTold; // that the bound of unread bytes is reached
  private boolean paused;
  private boolean ended;
  private boolean endTold;
  private int restReads;
  private long count;

  Input(Connection connection) {
    this.connection = connection;
  }

  // ---- where it goes

  /** From now on what comes waits in the stream. */
  public void streaming() {
    hasStream = true;
    streaming = true;
    askAgain = unread != null;
    connection.changed();
  }

  /** From now on what comes goes to the read callback, what waits first. */
  public void calling() {
    streaming = false;
    connection.changed();
  }

  /** Reads no more. */
  public void pause() {
    paused = true;
    connection.changed();
  }

  /** Reads on. */
  public void resume() {
    paused = false;
    askAgain = unread != null;
    connection.changed();
  }

  /** Whether the peer ended its side. */
  public boolean ended() {
    return ended;
  }

  /** Whether the program knows of that. */
  public boolean endTold() {
    return endTold;
  }

  /** The link's end was seen while nobody wanted the input any more. */
  void endSeen() {
    ended = true;
  }

  /** Whether more is to be read from the wire. */
  boolean wanted() {
    return timed() && connection.want != Wire.WRITE && !connection.closing().asked();
  }

  /** Whether the peer is waited for: then it has the time of the read limit. */
  boolean timed() {
    return !paused && !ended && (unread == null || unread.size() < connection.limits().maxUnread());
  }

  // ---- reading

  /** The link is ready, or the wire holds something. */
  void readable() {
    if (!connection.taskRuns && wanted()) {
      read();
    }
  }

  /** Whether {@link #again} has something to do. */
  boolean hasWork() {
    if (connection.state != Connection.State.OPEN) {
      return false;
    }
    Wire wire = connection.wire;
    return (unread != null && calls() && (askAgain || !streaming))
        || (wire != null && !connection.taskRuns && wanted() && wire.buffered())
        || (connection.failing().endsAfterRest() && !connection.taskRuns)
        || endIsDue()
        || limitIsDue();
  }

  /** Its part of the again-list: what waits for a callback, and what the wire holds. */
  void again() {
    if (unread != null && (askAgain || !streaming)) {
      deliverUnread();
    }
    Wire wire = connection.wire;
    if (readsRest()) {
      readRest();
    } else if (connection.state == Connection.State.OPEN && wire != null && wire.buffered()) {
      readable();
    }
    tellEnd();
    tellLimit();
    if (ended) {
      connection.failing().restIsRead();
    }
  }

  private boolean readsRest() {
    return connection.failing().readsRest() && !ended && !connection.taskRuns;
  }

  /** What a link that takes nothing more still holds: read behind a pause too, and whole. */
  private void readRest() {
    if (++restReads > REST_READS) {
      connection.failing().restIsRead();
    } else {
      read();
    }
  }

  private void read() {
    Wire wire = connection.wire;
    if (wire == null) {
      return;
    }
    ByteBuffer data = connection.loop.buffers().plain(wire.memory());
    int n;
    try {
      n = wire.read(data);
    } catch (IOException | RuntimeException e) {
      connection.failing().failToRead(e);
      return;
    }
    if (n > 0) {
      connection.times.received();
      count += n;
      deliver(data.flip());
      return;
    }
    switch (n) {
      case Wire.END -> {
        if (connection.failing().linkFailed() && wire instanceof PlainWire) {
          connection.failing().restIsRead(); // after a reset a link reads like one that ended
          return;
        }
        ended = true;
        connection.closing().peerEnded();
        tellEnd();
      }
      case Wire.TASK -> WireTask.begin(connection, wire);
      default -> {
        connection.want = n;
        connection.failing().restIsRead();
      }
    }
  }

  private void deliver(ByteBuffer data) {
    BiConsumer<Endpoint, ByteBuffer> callback = connection.callbacks().read;
    if (callback != null && unread == null && !streaming && !paused) {
      call(callback, data);
      return;
    }
    if (unread == null) {
      unread = new ByteQueue(connection.loop.buffers());
    }
    unread.put(data);
    deliverUnread();
  }

  private boolean calls() {
    Callbacks callbacks = connection.callbacks();
    return connection.state == Connection.State.OPEN
        && !paused
        && (streaming ? callbacks.stream != null : callbacks.read != null);
  }

  /** Tells the stream's callback, or hands what waits to the read callback, a piece at a time. */
  private void deliverUnread() {
    ByteQueue queue = unread;
    if (queue == null || !calls()) {
      return;
    }
    Consumer<Endpoint> streamCallback = connection.callbacks().stream;
    BiConsumer<Endpoint, ByteBuffer> callback = connection.callbacks().read;
    if (streaming) {
      askAgain = false;
      if (streamCallback != null) {
        connection.call(streamCallback);
      }
    } else if (callback != null) {
      ByteBuffer piece = ByteBuffer.allocate((int) Math.min(queue.size(), PIECE));
      queue.take(piece);
      if (queue.isEmpty()) {
        unread = null;
      }
      call(callback, piece.flip());
    }
  }

  private void call(BiConsumer<Endpoint, ByteBuffer> callback, ByteBuffer data) {
    lent = data;
    var before = connection.loop.calling(connection);
    StallWatch watch = connection.loop.measure();
    try {
      callback.accept(connection.socket(), data);
    } catch (RuntimeException e) {
      connection
          .loop
          .invoker()
          .callbackFailed(connection.callbacks().event, e, connection.socket());
    } finally {
      connection.loop.calling(before);
      lent = null;
      if (watch != null) {
        watch.ends("callback", callback);
      }
    }
  }

  /** The end of input waits to be told; behind a pause only when nothing else waits. */
  private boolean endIsDue() {
    return ended
        && !endTold
        && connection.state == Connection.State.OPEN
        && !connection.unwraps()
        && !(paused && unread != null);
  }

  /** Tells the end in its place: behind what waits, when there is somebody who takes that. */
  private void tellEnd() {
    if (!endIsDue()) {
      return;
    }
    deliverAll();
    if (!endIsDue()) {
      return;
    }
    endTold = true;
    Remainder kept = connection.callbacks().remainder;
    EventError inside = kept == null ? null : kept.atEnd();
    if (inside != null) {
      connection.failing().fail(inside); // the end of a message is missing
      return;
    }
    EventDelivery.tell(connection, new TcpEof(connection.socket()));
    if (connection.failing().failsSoon()) {
      return; // what it wrote cannot go out any more (before TLS 1.3): it is told so
    }
    deliverAll(); // the event callback may have been the one who set a read callback
    if (connection.state == Connection.State.OPEN
        && !connection.unwraps()
        && (connection.out().ended() || !connection.limits().halfOpen())) {
      connection.closing().drain();
    }
  }

  private void deliverAll() {
    if (streaming && askAgain) {
      deliverUnread(); // the stream's callback has not heard of it yet
    }
    while (unread != null && !streaming && calls()) {
      deliverUnread();
    }
  }

  private boolean limitIsDue() {
    return streaming
        && !paused
        && !limitTold
        && !ended
        && unread != null
        && unread.size() >= connection.limits().maxUnread()
        && connection.state == Connection.State.OPEN;
  }

  /** The stream is full, and was left so by its callback. */
  private void tellLimit() {
    if (limitIsDue()) {
      limitTold = true;
      EventDelivery.tell(connection, new UnreadLimit(connection.socket(), waiting()));
    }
  }

  // ---- for streams and upgrades

  /** The connection is plain again: the end was that of SSL. */
  void startsAnew() {
    ended = false;
    endTold = false;
    askAgain = true;
  }

  /** Keeps bytes that were read already, for whoever gets what is received. */
  void keep(ByteBuffer data) {
    if (unread == null) {
      unread = new ByteQueue(connection.loop.buffers());
    }
    unread.put(data);
  }

  /** Moves what waits: the number of bytes, maybe 0. */
  public int take(ByteBuffer destination) {
    if (unread == null) {
      return 0;
    }
    int n = unread.take(destination);
    if (unread.isEmpty()) {
      unread = null;
    }
    limitTold = limitTold && waiting() >= connection.limits().maxUnread();
    connection.changed();
    return n;
  }

  /** Copies what waits, from the first byte on, and keeps it: the number of bytes, maybe 0. */
  public int peek(ByteBuffer destination) {
    int start = destination.position();
    if (unread != null) {
      unread.copy(destination);
    }
    return destination.position() - start;
  }

  /** Bytes that the wire has given so far. */
  public long count() {
    return count;
  }

  /** Whether {@code callback} is who gets what comes next, at once. */
  public boolean gives(@Nullable Object callback) {
    return !streaming && !paused && connection.callbacks().read == callback && !isOver();
  }

  /** Whether nobody gets what comes next: it is closed, or about to fail. */
  public boolean isOver() {
    return connection.closing().asked() || connection.failing().failsSoon();
  }

  /** What came is not what it should be: the connection fails, in a later dispatch. */
  public void refuse(EventError error) {
    connection.failing().failSoon(error);
  }

  /** What a reader of messages keeps of the next one waits again: another reads from here on. */
  public void reclaim() {
    Remainder kept = connection.callbacks().remainder;
    if (kept != null) {
      connection.changeCallbacks().remainder = null;
      putBack(kept.giveUp());
    }
  }

  /** What another reader took and did not use waits again, before all else. */
  public void putBack(ByteBuffer front) {
    ByteQueue behind = unread;
    if (front.hasRemaining()) {
      unread = new ByteQueue(connection.loop.buffers());
      unread.put(front);
      while (behind != null && !behind.isEmpty()) {
        ByteBuffer next = behind.peek();
        int n = next.remaining();
        unread.put(next);
        behind.trim(n);
      }
    }
    askAgain = unread != null;
    connection.changed();
  }

  /** The end of input, if it is known, is told once more. */
  public void tellEndAgain() {
    endTold = false;
    connection.changed();
  }

  /** Bytes that wait. */
  public long waiting() {
    return unread == null ? 0 : unread.size();
  }

  /** Drops what waits and what a read callback holds and has not consumed: how many bytes. */
  public long drop() {
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

  /** The connection is gone: what waits is only of use to a stream. */
  void release() {
    if (!hasStream) {
      drop();
    }
  }
}
