package dev.ferrule;

import dev.ferrule.connection.Connection;
import dev.ferrule.event.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a socket receives, for another thread. The loop gives bytes to the reader that waits, and
 * keeps the rest here; a read that finds bytes needs no loop. Above the bound of unread bytes the
 * connection is paused. The loop's thread and one reader, with a lock between them.
 */
final class BlockingInput extends InputStream {
  private final BlockingSocket<?> socket;
  private final Connection connection;
  private final long maxUnread;
  private final AtomicBoolean reading = new AtomicBoolean();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition readable = lock.newCondition();
  private final ByteChunks waiting = new ByteChunks();
  private byte @Nullable [] wanted; // where the reader that waits wants its bytes
  private int wantedFrom;
  private int wantedLength;
  private int given; // bytes that were put there
  private boolean peerEnded;
  private @Nullable StreamEnd end;
  private boolean paused;
  private boolean resumes; // the loop is on its way to do so
  private volatile @Nullable Duration limit;

  BlockingInput(BlockingSocket<?> socket, Connection connection) {
    this.socket = socket;
    this.connection = connection;
    this.maxUnread = connection.limits().maxUnread();
  }

  void limit(@Nullable Duration time) {
    limit = time;
  }

  // ---- on the loop's thread

  /** The connection's read callback. */
  void received(Endpoint endpoint, ByteBuffer data) {
    boolean fills;
    lock.lock();
    try {
      byte[] destination = wanted;
      if (destination != null && data.hasRemaining()) {
        given = Math.min(data.remaining(), wantedLength);
        data.get(destination, wantedFrom, given);
        wanted = null;
        readable.signal();
      }
      waiting.put(data);
      fills = !paused && waiting.size() >= maxUnread;
      paused |= fills;
    } finally {
      lock.unlock();
    }
    if (fills) {
      connection.in().pause();
    }
  }

  private void resume() {
    lock.lock();
    try {
      paused = false;
      resumes = false;
    } finally {
      lock.unlock();
    }
    if (socket.holds()) {
      connection.in().resume();
    }
  }

  void peerEnded() {
    lock.lock();
    try {
      peerEnded = true;
      readable.signal();
    } finally {
      lock.unlock();
    }
  }

  /** What was received and not read, for the callbacks that come next. */
  ByteBuffer rest() {
    lock.lock();
    try {
      byte[] rest = new byte[(int) waiting.size()];
      waiting.take(rest, 0, rest.length);
      return ByteBuffer.wrap(rest);
    } finally {
      lock.unlock();
    }
  }

  // ---- any thread

  /** The first reason counts, but for one that lets nothing more be read. */
  void end(StreamEnd reason) {
    lock.lock();
    try {
      if (end == null || !reason.bytesFirst()) {
        end = reason;
      }
      readable.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] destination, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, destination.length);
    if (length == 0) {
      return 0;
    }
    if (!reading.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "another thread reads from this socket now: one at a time, or they get a mixture");
    }
    try {
      return readAlone(destination, offset, length);
    } finally {
      reading.set(false);
    }
  }

  private int readAlone(byte[] destination, int offset, int length) throws IOException {
    int n;
    boolean resume;
    lock.lock();
    try {
      StreamEnd ended = end;
      if (ended != null && !ended.bytesFirst()) {
        throw ended.exception();
      }
      n = waiting.take(destination, offset, length);
      if (n == 0) {
        n = await(destination, offset, length);
      }
      resume = paused && !resumes && waiting.size() <= maxUnread / 2;
      resumes |= resume;
    } finally {
      lock.unlock();
    }
    if (resume) {
      connection.loop().executeIfRunning(this::resume);
    }
    return n;
  }

  /** Waits for bytes, the end, the limit or an interrupt; what was given meanwhile goes before. */
  private int await(byte[] destination, int offset, int length) throws IOException {
    if (ended() == null && !peerEnded) {
      socket.requireOtherThread();
      wanted = destination;
      wantedFrom = offset;
      wantedLength = length;
      given = 0;
      try {
        awaitChange(limit);
      } finally {
        wanted = null;
      }
      if (given > 0) {
        return given;
      }
    }
    StreamEnd ended = ended();
    if (ended != null && !(peerEnded && ended.bytesFirst())) {
      throw ended.exception();
    }
    return -1;
  }

  /** The field, which changes while the lock is let go. */
  private @Nullable StreamEnd ended() {
    return end;
  }

  private void awaitChange(@Nullable Duration longest) throws IOException {
    long left = longest == null ? 0 : BlockingSocket.nanos(longest);
    try {
      while (given == 0 && !peerEnded && end == null) {
        if (longest == null) {
          readable.await();
        } else if (left <= 0) {
          throw new SocketTimeoutException(
              "nothing was received for " + BlockingSocket.seconds(longest));
        } else {
          left = readable.awaitNanos(left);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (given == 0) {
        throw new InterruptedIOException("the thread was interrupted while it waited to read");
      }
    }
  }

  /** Bytes that can be read without waiting. */
  @Override
  public int available() throws IOException {
    lock.lock();
    try {
      if (end != null && !end.bytesFirst()) {
        throw end.exception();
      }
      return (int) Math.min(waiting.size(), Integer.MAX_VALUE);
    } finally {
      lock.unlock();
    }
  }

  /** Closes the socket. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
