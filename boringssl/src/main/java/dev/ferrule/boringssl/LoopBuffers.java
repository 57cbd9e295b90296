package dev.ferrule.boringssl;

import dev.ferrule.spi.Buffers;
import dev.ferrule.ssl.records.RecordInput;
import io.netty.internal.tcnative.Buffer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the wires of a loop share: the addresses of the loop's buffers, and what a look at the
 * records in one of them found. Belongs to the loop's thread.
 */
final class LoopBuffers {
  private static final Map<Buffers, LoopBuffers> OF =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** Records per call, so that a burst of tiny ones does not starve other connections. */
  static final int RECORDS = 256;

  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int ALERT = 21;
  private static final int LAST_TYPE = 24;

  private @Nullable ByteBuffer first;
  private @Nullable ByteBuffer second;
  private @Nullable ByteBuffer third;
  private long firstAt;
  private long secondAt;
  private long thirdAt;
  private int turn;

  /** Where the bytes end that may be fed. */
  int end;

  /** Bytes that the last record then still lacks. */
  int owed;

  /** Whether the end of a record is among what may be fed. */
  boolean whole;

  /** Whether what follows {@link #end} is no record. */
  boolean bad;

  private LoopBuffers() {}

  static LoopBuffers of(Buffers buffers) {
    return OF.computeIfAbsent(buffers, _ -> new LoopBuffers());
  }

  /** The address of a direct buffer's first byte. The loop's few buffers are remembered. */
  long address(ByteBuffer buffer) {
    if (buffer == first) {
      return firstAt;
    }
    if (buffer == second) {
      return secondAt;
    }
    if (buffer == third) {
      return thirdAt;
    }
    // The native side does not ask whether the memory behind a program's buffer is still there.
    if (!MemorySegment.ofBuffer(buffer).scope().isAlive()) {
      throw new IllegalStateException("the buffer's memory has been freed (its arena was closed)");
    }
    return Buffer.address(buffer);
  }

  /** As {@link #address}, of a buffer that will be used again. */
  long remembered(ByteBuffer buffer) {
    if (buffer == first || buffer == second || buffer == third) {
      return address(buffer);
    }
    long address = Buffer.address(buffer);
    switch (turn++ % 3) {
      case 0 -> {
        first = buffer;
        firstAt = address;
      }
      case 1 -> {
        second = buffer;
        secondAt = address;
      }
      default -> {
        third = buffer;
        thirdAt = address;
      }
    }
    return address;
  }

  /**
   * Looks at the headers from the buffer's position on, where {@code lacking} bytes still belong to
   * a record that was fed in part: how far it may be fed. A header that is not all there is left
   * out, and so is what comes from one that cannot be; with {@code alertsApart}, an alert ends what
   * is before it, and is left out until it is whole.
   */
  void look(ByteBuffer in, int lacking, boolean alertsApart) {
    int start = in.position();
    int limit = in.limit();
    int next = start + lacking;
    int records = 0;
    whole = false;
    bad = false;
    while (next < limit) {
      whole |= next > start;
      if (limit - next < RecordInput.HEADER || ++records > RECORDS) {
        break;
      }
      int type = in.get(next);
      int length = Short.toUnsignedInt(in.getShort(next + 3));
      if (type < CHANGE_CIPHER_SPEC
          || type > LAST_TYPE
          || in.get(next + 1) != 3
          || length > RecordInput.MAX_PAYLOAD) {
        bad = true;
        break;
      }
      boolean partial = length > limit - next - RecordInput.HEADER;
      if (alertsApart && type == ALERT && (next > start || partial)) {
        break;
      }
      next += RecordInput.HEADER + length;
    }
    if (next > limit || next == limit) {
      whole |= next == limit && next > start;
      end = limit;
      owed = next - limit;
    } else {
      end = next;
      owed = 0;
    }
  }

  static boolean isAlert(ByteBuffer in) {
    return in.hasRemaining() && in.get(in.position()) == ALERT;
  }
}
