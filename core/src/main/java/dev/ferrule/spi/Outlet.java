package dev.ferrule.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a socket that are ready for its link: first those that the link did not take before,
 * then those in the loop's output buffer. A wire puts its bytes into {@link #room}; the socket
 * calls {@link #flush} once at the end of its dispatch, and one write carries all. It also counts
 * the bytes of the link both ways. Belongs to the loop's thread.
 */
public class Outlet {
  /** The most bytes of a file that one call of the link sends, so that others have their turn. */
  private static final int MOST_OF_FILE = 1024 * 1024;

  /** Fewer bytes are copied instead of keeping the whole buffer for them. */
  private static final int WORTH_KEEPING = 32 * 1024;

  private final Link link;
  private final Buffers buffers;
  private Memory memory;
  private @Nullable ByteBuffer kept; // an output buffer with the bytes that the link did not take
  private @Nullable ByteQueue pending; // the bytes after those
  private @Nullable IOException failure;
  private long sent;
  private long received;
  private boolean full; // the link took nothing of what is not kept here

  /** An outlet of a link; its user calls {@link #flush} at the end of the dispatch. */
  public Outlet(Link link, Buffers buffers, Memory memory) {
    this.link = link;
    this.buffers = buffers;
    this.memory = memory;
  }

  /**
   * The output buffer with at least {@code bytes} of room, to be filled by moving its position;
   * null when the link must take bytes first.
   *
   * @param bytes at most {@link Buffers#OUTPUT}
   */
  public @Nullable ByteBuffer room(int bytes) {
    if (clogged()) {
      return null;
    }
    Outlet owner = buffers.owner();
    if (owner != this) {
      if (owner != null) {
        owner.yieldBuffer();
      }
      buffers.output(memory).clear();
      buffers.owner(this);
    }
    ByteBuffer output = buffers.output(memory);
    return output.remaining() >= bytes ? output : null;
  }

  /** Sends all bytes. Those that the link does not take are kept, and it is {@link #clogged}. */
  public void flush() throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (kept != null && !sendKept(kept)) {
      return;
    }
    ByteQueue waiting = pending;
    if (waiting != null) {
      if (!sendWaiting(waiting)) {
        return;
      }
      pending = null;
      buffers.giveQueue(waiting);
    }
    if (buffers.owner() != this) {
      return;
    }
    ByteBuffer output = buffers.output(memory).flip();
    buffers.owner(null);
    if (output.hasRemaining()) {
      sent += link.write(output);
      if (output.hasRemaining() && keeps(output)) {
        return;
      }
    }
    output.clear();
  }

  /** Keeps the bytes that the link did not take; true if in the output buffer itself. */
  private boolean keeps(ByteBuffer rest) {
    if (rest.remaining() >= WORTH_KEEPING) {
      kept = buffers.keepOutput(memory);
    }
    if (kept == null) {
      ByteQueue queue = buffers.takeQueue();
      queue.put(rest);
      pending = queue;
    }
    return kept != null;
  }

  private boolean sendKept(ByteBuffer rest) throws IOException {
    sent += link.write(rest);
    if (rest.hasRemaining()) {
      return false;
    }
    dropKept();
    return true;
  }

  private void dropKept() {
    if (kept != null) {
      buffers.giveOutput(kept);
      kept = null;
    }
  }

  /** Sends as many chunks by one write as the staging buffer holds; true if all were taken. */
  private boolean sendWaiting(ByteQueue waiting) throws IOException {
    while (!waiting.isEmpty()) {
      ByteBuffer staging = buffers.staging();
      waiting.copy(staging);
      int n = link.write(staging.flip());
      waiting.skip(n);
      sent += n;
      if (staging.hasRemaining()) {
        return false;
      }
    }
    return true;
  }

  /** Writes bytes to the link at once, when no others wait; returns how many it took. */
  int pass(ByteBuffer source) throws IOException {
    int n = link.write(source);
    sent += n;
    return n;
  }

  /**
   * Sends bytes of a file, when no others wait: how many, {@link Link#NO_FILE} where the link sends
   * none, or 0, and then it is {@link #clogged}.
   */
  int pass(FileRange file) throws IOException {
    int n = link.sendFile(file, (int) Math.min(file.remaining(), MOST_OF_FILE));
    if (n > 0) {
      file.sent(n);
      sent += n;
    } else if (n == 0) {
      file.requireWhole();
      full = true;
    }
    return n;
  }

  /** The link took nothing of what its wire wrote to it: it is {@link #clogged}. */
  public void full() {
    full = true;
  }

  /** What the link did not take, and is not kept here, is tried again. */
  public void retry() {
    full = false;
  }

  /** Whether the link did not take all bytes; the poller watches it for writing. */
  public boolean clogged() {
    return full || kept != null || pending != null || failure != null;
  }

  /** Whether the link failed when another socket needed the buffer; the next flush throws it. */
  public boolean failed() {
    return failure != null;
  }

  /** Whether everything that was put in has been taken by the link. */
  public boolean isEmpty() {
    return waiting() == 0;
  }

  /** Bytes that were put in and not yet taken by the link. */
  public long waiting() {
    long batch = buffers.owner() == this ? buffers.output(memory).position() : 0;
    long first = kept == null ? 0 : kept.remaining();
    return first + (pending == null ? 0 : pending.size()) + batch;
  }

  /** Bytes that the link has taken. */
  public long sent() {
    return sent;
  }

  /** Bytes that a wire has read from the link, which says so by {@link #received(int)}. */
  public long received() {
    return received;
  }

  /** A wire, or what reads a link that has none any more, got an answer of {@link Link#read}. */
  public void received(int answer) {
    if (answer > 0) {
      received += answer;
    }
  }

  /** Bytes that were put in so far. */
  public long produced() {
    return sent + waiting();
  }

  /** Drops the waiting bytes; the link takes no more. */
  public void clear() {
    failure = null;
    full = false;
    if (buffers.owner() == this) {
      buffers.output(memory).clear();
      buffers.owner(null);
    }
    dropKept();
    if (pending != null) {
      buffers.giveQueue(pending);
      pending = null;
    }
  }

  /** Queues bytes after the waiting ones without a write to the link: for an upgrade. */
  public void keep(ByteBuffer bytes) {
    if (bytes.hasRemaining()) {
      ByteQueue waiting = pending == null ? buffers.takeQueue() : pending;
      waiting.put(bytes);
      pending = waiting;
    }
  }

  /** From now on {@link #room} is in other memory; the bytes in the output buffer move there. */
  public void changeMemory(Memory other) {
    if (other != memory && buffers.owner() == this) {
      ByteBuffer from = buffers.output(memory).flip();
      buffers.output(other).clear().put(from);
      from.clear();
    }
    memory = other;
  }

  /** Moves the waiting bytes to the outlet that replaces this one; call {@link #flush} before. */
  public void moveTo(Outlet next) {
    next.kept = kept;
    next.pending = pending;
    next.sent = sent;
    next.received = received;
    next.failure = failure;
    kept = null;
    pending = null;
  }

  /** Sends now, because another socket needs the buffer; the next flush throws a failure. */
  private void yieldBuffer() {
    try {
      flush();
    } catch (IOException e) {
      failure = e;
      buffers.output(memory).clear();
      buffers.owner(null);
    }
  }
}
