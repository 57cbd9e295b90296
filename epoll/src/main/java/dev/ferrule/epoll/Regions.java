package dev.ferrule.epoll;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Caches the memory segments of the buffers that a loop uses repeatedly, so that reads and writes
 * allocate none. A segment keeps its memory reachable and knows whether it was freed, so buffers of
 * the program are safe as well. Used on the loop's thread.
 */
final class Regions {
  /** The number of the loop's shared buffers, including the output buffers that outlets hold. */
  private static final int KEPT = 12;

  /** A larger buffer is the program's; it is not cached, so that it can be collected. */
  private static final int LARGEST_KEPT = 1 << 20;

  private final @Nullable ByteBuffer[] buffers = new ByteBuffer[KEPT];
  private final MemorySegment[] segments = new MemorySegment[KEPT];
  private int next;

  /** All of the buffer's memory, whatever its position and limit. */
  MemorySegment of(ByteBuffer buffer) {
    for (int i = 0; i < KEPT; i++) {
      if (buffers[i] == buffer) {
        return segments[i];
      }
    }
    return make(buffer);
  }

  private MemorySegment make(ByteBuffer buffer) {
    MemorySegment segment = MemorySegment.ofBuffer(buffer.duplicate().clear());
    if (buffer.capacity() <= LARGEST_KEPT) {
      buffers[next] = buffer;
      segments[next] = segment;
      next = (next + 1) % KEPT;
    }
    return segment;
  }
}
