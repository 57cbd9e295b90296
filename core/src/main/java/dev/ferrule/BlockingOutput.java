package dev.ferrule;

import dev.ferrule.connection.Connection;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.SocketClosed;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What another thread writes to a socket. It is kept here until the loop, which is woken once for
 * all of it, takes it to the connection. A writer waits while more than the high water mark is here
 * and there. The loop's thread and one writer, with a lock between them.
 */
final class BlockingOutput extends OutputStream {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final BlockingSocket<?> socket;
  private final Connection connection;
  private final long highWater;
  private final AtomicBoolean writing = new AtomicBoolean();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition progress = lock.newCondition();
  private final ByteChunks waiting = new ByteChunks();
  private final Runnable pump = this::pump;
  private boolean pumps; // the loop is on its way to do so
  private long queued; // in the connection, when the loop looked last
  private long accepted; // bytes that were written, from the first one on
  private long flushAsked; // of accepted: what a flush waits for
  private long flushMarked; // of accepted: what the connection will tell of
  private long flushed; // of accepted: what the link has taken, as far as was asked
  private boolean shutDown;
  private @Nullable StreamEnd end;
  private volatile @Nullable Duration limit;

  BlockingOutput(BlockingSocket<?> socket, Connection connection) {
    this.socket = socket;
    this.connection = connection;
    this.highWater = connection.limits().highWater();
  }

  void limit(@Nullable Duration time) {
    limit = time;
  }

  // ---- on the loop's thread

  /** Takes what waits to the connection. */
  void pump() {
    try {
      // Later bytes have a later turn, which their writer asks for: no writer holds the loop.
      long turn = begin();
      ByteBuffer chunk;
      while ((chunk = next(turn)) != null) {
        connection.out().write(chunk, null);
        ByteChunks.giveBack(chunk);
      }
      long marked = mark();
      if (marked > 0) {
        connection.out().write(NOTHING, _ -> flushed(marked));
      }
    } catch (SocketClosed e) { // the program ended it on the loop
      end(StreamEnd.CLOSED);
    }
    drained();
  }

  /** Up to which byte this turn goes: those that were accepted when it began. */
  private long begin() {
    lock.lock();
    try {
      pumps = false;
      return accepted;
    } finally {
      lock.unlock();
    }
  }

  /** Tells the writer with each chunk what the connection has, or both would hold all of it. */
  private @Nullable ByteBuffer next(long turn) {
    long now = connection.out().queued();
    lock.lock();
    try {
      queued = now;
      return accepted - waiting.size() < turn ? waiting.poll() : null;
    } finally {
      lock.unlock();
    }
  }

  /** What the link has still to be asked about: the number of bytes up to there; 0 for nothing. */
  private long mark() {
    lock.lock();
    try {
      if (flushAsked <= flushMarked) {
        return 0;
      }
      flushMarked = accepted - waiting.size();
      return flushMarked;
    } finally {
      lock.unlock();
    }
  }

  private void flushed(long bytes) {
    lock.lock();
    try {
      flushed = bytes;
      progress.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The connection's drain callback. */
  void drained(Endpoint endpoint) {
    drained();
  }

  private void drained() {
    long now = connection.out().queued();
    lock.lock();
    try {
      queued = now;
      progress.signal();
    } finally {
      lock.unlock();
    }
  }

  // ---- any thread

  /** The first reason counts. What waits goes out all the same where the connection still can. */
  void end(StreamEnd reason) {
    lock.lock();
    try {
      if (end == null) {
        end = reason;
      }
      if (reason.bytesFirst()) { // the connection is gone
        waiting.clear();
      }
      progress.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, source.length);
    alone();
    try {
      ByteBuffer data = ByteBuffer.wrap(source, offset, length);
      while (data.hasRemaining()) {
        put(data, offset);
      }
    } finally {
      writing.set(false);
    }
  }

  private void put(ByteBuffer data, int offset) throws IOException {
    lock.lock();
    try {
      awaitProgress(() -> waiting.size() + queued <= highWater, data.position() - offset);
      requireOpen();
      long room = highWater - waiting.size() - queued;
      int all = data.limit();
      int n = (int) Math.min(data.remaining(), Math.max(room, ByteChunks.CHUNK));
      waiting.put(data.limit(data.position() + n));
      data.limit(all);
      accepted += n;
    } finally {
      lock.unlock();
    }
    pumpSoon();
  }

  /**
   * Waits until the link, which is the system's socket, has taken all that was written. The bytes
   * are on their way without it.
   */
  @Override
  public void flush() throws IOException {
    alone();
    try {
      flushAlone();
    } finally {
      writing.set(false);
    }
  }

  private void flushAlone() throws IOException {
    lock.lock();
    try {
      if (flushed == accepted) {
        return;
      }
      flushAsked = accepted;
    } finally {
      lock.unlock();
    }
    pumpSoon();
    lock.lock();
    try {
      awaitProgress(() -> flushed >= flushAsked, 0);
      if (flushed < flushAsked && end != null) {
        throw end.exception();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the output behind what was written. */
  void shutDown() throws IOException {
    alone();
    try {
      if (!shutDown) {
        requireNoEnd();
        flushAlone();
        shutDown = true;
        socket.onLoop(() -> connection.out().shutdown());
      }
    } finally {
      writing.set(false);
    }
  }

  private void requireNoEnd() throws IOException {
    lock.lock();
    try {
      requireOpen();
    } finally {
      lock.unlock();
    }
  }

  private void alone() {
    if (!writing.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "another thread writes to this socket now: one at a time, or their bytes are mixed");
    }
  }

  private void requireOpen() throws IOException {
    if (shutDown) {
      throw new SocketException("the output of this socket was shut down");
    }
    if (end != null) {
      throw end.exception();
    }
  }

  /** The loop takes what waits, soon; on its own thread, now. */
  private void pumpSoon() {
    if (connection.loop().inLoop()) {
      pump();
      return;
    }
    boolean wake;
    lock.lock();
    try {
      wake = !pumps;
      pumps = true;
    } finally {
      lock.unlock();
    }
    if (wake) {
      connection.loop().executeIfRunning(pump); // its end has told this stream
    }
  }

  private interface Progress {
    boolean holds();
  }

  /** Waits, with the lock, until it holds, or the stream has ended. */
  private void awaitProgress(Progress condition, int written) throws IOException {
    if (condition.holds() || end != null) {
      return;
    }
    socket.requireOtherThread();
    Duration longest = limit;
    long left = longest == null ? 0 : BlockingSocket.nanos(longest);
    try {
      while (!condition.holds() && end == null) {
        if (longest == null) {
          progress.await();
        } else if (left <= 0) {
          throw told(
              new SocketTimeoutException(
                  "the peer took too little for " + BlockingSocket.seconds(longest)),
              written);
        } else {
          left = progress.awaitNanos(left);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw told(
          new InterruptedIOException("the thread was interrupted while it waited to write"),
          written);
    }
  }

  private static InterruptedIOException told(InterruptedIOException thrown, int written) {
    thrown.bytesTransferred = written;
    return thrown;
  }

  /** Closes the socket. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
