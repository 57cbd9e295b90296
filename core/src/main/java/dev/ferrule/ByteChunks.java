package dev.ferrule;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way between a loop and another thread, first in, first out, in chunks on the heap.
 * A queue that is empty has no chunk. The lock of its owner guards it; the spare chunks that all
 * queues share have a lock of their own, which is held for a few instructions per chunk.
 */
final class ByteChunks {
  /** Bytes of a chunk: one full record of plain text. */
  static final int CHUNK = 16 * 1024;

  private static final int MOST_SPARE = 64;
  private static final ArrayDeque<ByteBuffer> SPARES = new ArrayDeque<>();
  private static final ReentrantLock SPARES_LOCK = new ReentrantLock();

  // What is to be read is from position to limit, room for more from limit to capacity.
  private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>(1);
  private long size;

  /** The number of bytes. */
  long size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Copies what remains of {@code source}. */
  void put(ByteBuffer source) {
    size += source.remaining();
    while (source.hasRemaining()) {
      ByteBuffer last = chunks.peekLast();
      if (last == null || last.limit() == last.capacity()) {
        last = chunk(last == null ? source.remaining() : CHUNK);
        chunks.addLast(last);
      }
      int end = last.limit();
      int n = Math.min(last.capacity() - end, source.remaining());
      last.limit(end + n);
      last.put(end, source, source.position(), n);
      source.position(source.position() + n);
    }
  }

  /** Moves as much as fits: the number of bytes, maybe 0. */
  int take(byte[] destination, int offset, int length) {
    int taken = 0;
    while (taken < length && size > 0) {
      ByteBuffer first = chunks.getFirst();
      int n = Math.min(first.remaining(), length - taken);
      first.get(destination, offset + taken, n);
      taken += n;
      size -= n;
      if (!first.hasRemaining()) {
        giveBack(chunks.removeFirst());
      }
    }
    return taken;
  }

  /** Takes the first chunk off; null when there is none. To be given back when it was read. */
  @Nullable ByteBuffer poll() {
    ByteBuffer first = chunks.poll();
    if (first != null) {
      size -= first.remaining();
    }
    return first;
  }

  /** Drops all. */
  void clear() {
    chunks.forEach(ByteChunks::giveBack);
    chunks.clear();
    size = 0;
  }

  /** A chunk that {@link #poll} gave will not be used any more. Any thread. */
  static void giveBack(ByteBuffer chunk) {
    if (chunk.capacity() != CHUNK) {
      return;
    }
    SPARES_LOCK.lock();
    try {
      if (SPARES.size() < MOST_SPARE) {
        SPARES.addLast(chunk);
      }
    } finally {
      SPARES_LOCK.unlock();
    }
  }

  /** Few bytes do not take a whole chunk. */
  private static ByteBuffer chunk(int bytes) {
    if (bytes <= CHUNK / 16) {
      return ByteBuffer.allocate(bytes).limit(0);
    }
    ByteBuffer spare;
    SPARES_LOCK.lock();
    try {
      spare = SPARES.pollLast();
    } finally {
      SPARES_LOCK.unlock();
    }
    return spare == null ? ByteBuffer.allocate(CHUNK).limit(0) : spare.clear().limit(0);
  }
}
