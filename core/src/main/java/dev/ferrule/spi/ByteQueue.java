package dev.ferrule.spi;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A first-in-first-out queue of bytes, in chunks that are returned to the loop when they are empty:
 * an empty queue holds no memory. Belongs to the loop's thread.
 */
public final class ByteQueue {
  private final Buffers buffers;
  private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>(2);
  private @Nullable ByteBuffer last; // ready to be written to; the others are ready to be read
  private long size;

  /** A queue with chunks of {@code buffers}. */
  public ByteQueue(Buffers buffers) {
    this.buffers = buffers;
  }

  /** The number of bytes. */
  public long size() {
    return size;
  }

  /** Whether it is empty. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Copies all that remains in {@code source}. */
  public void put(ByteBuffer source) {
    long before = size;
    size += source.remaining();
    while (source.hasRemaining()) {
      ByteBuffer chunk = last;
      if (chunk == null || !chunk.hasRemaining()) {
        if (chunk != null) {
          chunks.addLast(chunk.flip());
        }
        chunk = buffers.takeChunk(before == 0 ? source.remaining() : Buffers.CHUNK);
        last = chunk;
      }
      int n = Math.min(chunk.remaining(), source.remaining());
      chunk.put(chunk.position(), source, source.position(), n);
      chunk.position(chunk.position() + n);
      source.position(source.position() + n);
    }
  }

  /**
   * The first bytes, to be consumed by moving the position; then {@link #trim} is called. The queue
   * must not be empty.
   */
  public ByteBuffer peek() {
    ByteBuffer first = chunks.peekFirst();
    if (first == null) {
      first = last;
      if (first == null) {
        throw new IllegalStateException("nothing waits");
      }
      last = null;
      chunks.addLast(first.flip());
    }
    return first;
  }

  /** Removes {@code consumed} bytes that were read from the buffer of {@link #peek}. */
  public void trim(int consumed) {
    size -= consumed;
    ByteBuffer first = chunks.peekFirst();
    if (first != null && !first.hasRemaining()) {
      chunks.removeFirst();
      buffers.giveChunk(first);
    }
  }

  /** Moves as much as fits into {@code destination}: the number of bytes, maybe 0. */
  public int take(ByteBuffer destination) {
    int start = destination.position();
    while (size > 0 && destination.hasRemaining()) {
      ByteBuffer first = peek();
      int n = Math.min(first.remaining(), destination.remaining());
      destination.put(destination.position(), first, first.position(), n);
      destination.position(destination.position() + n);
      first.position(first.position() + n);
      trim(n);
    }
    return destination.position() - start;
  }

  /** Copies as many of the first bytes as fit into {@code destination}, and keeps them. */
  public void copy(ByteBuffer destination) {
    for (ByteBuffer chunk : chunks) {
      copy(chunk, chunk.position(), chunk.limit(), destination);
    }
    ByteBuffer tail = last;
    if (tail != null) {
      copy(tail, 0, tail.position(), destination);
    }
  }

  private static void copy(ByteBuffer chunk, int from, int to, ByteBuffer destination) {
    int n = Math.min(to - from, destination.remaining());
    destination.put(destination.position(), chunk, from, n);
    destination.position(destination.position() + n);
  }

  /** Drops the first {@code bytes} bytes, which must be there. */
  void skip(int bytes) {
    for (int left = bytes; left > 0; ) {
      ByteBuffer first = peek();
      int n = Math.min(left, first.remaining());
      first.position(first.position() + n);
      trim(n);
      left -= n;
    }
  }

  /** Drops all. */
  public void clear() {
    for (ByteBuffer chunk : chunks) {
      buffers.giveChunk(chunk);
    }
    chunks.clear();
    if (last != null) {
      buffers.giveChunk(last);
      last = null;
    }
    size = 0;
  }
}
