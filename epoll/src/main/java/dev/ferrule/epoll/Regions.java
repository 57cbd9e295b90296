package dev.ferrule.epoll;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The memory of the buffers that a loop uses again and again, so that no read or write makes a
 * segment of one. A segment knows whether its memory is still there, and keeps it there, so a
 * program's own buffer may pass here as well. Belongs to the loop's thread.
 */
final class Regions {
  /** The loop's shared buffers are no more, the output buffers that outlets keep among them. */
  private static final int KEPT = 12;

  /** A larger one is the program's, and is not kept from being collected. */
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
