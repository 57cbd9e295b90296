package dev.ferrule.boringssl;

import dev.ferrule.spi.Buffers;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.ssl.records.RecordWire;
import io.netty.internal.tcnative.Buffer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * State that the wires of one loop share: the native addresses of the loop's buffers, and the
 * result of the last scan of record headers. Used on the loop's thread only.
 */
final class LoopBuffers {
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int LAST_TYPE = 24;

  private @Nullable ByteBuffer first;
  private @Nullable ByteBuffer second;
  private @Nullable ByteBuffer third;
  private long firstAt;
  private long secondAt;
  private long thirdAt;
  private int turn;

  /** The end of the bytes that BoringSSL may read. */
  int end;

  /** Bytes that the last record before {@link #end} still lacks. */
  int missing;

  /** Whether a record ends before {@link #end}. */
  boolean whole;

  /** How many do. */
  int records;

  /** Whether the bytes at {@link #end} are not a valid record header. */
  boolean bad;

  private @Nullable SslSession lastSession;

  private LoopBuffers() {}

  static LoopBuffers of(Buffers buffers) {
    return buffers.shared(LoopBuffers.class, LoopBuffers::new);
  }

  /** The same object for sessions that are equal, one after the other: a server's mostly are. */
  SslSession shared(SslSession session) {
    SslSession last = lastSession;
    if (last != null && session.peerChain().isEmpty() && session.equals(last)) {
      return last;
    }
    lastSession = session;
    return session;
  }

  /** The address of a direct buffer's first byte. The addresses of three buffers are cached. */
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
    // Native code does not check that the memory of a program's buffer was not freed.
    if (!MemorySegment.ofBuffer(buffer).scope().isAlive()) {
      throw new IllegalStateException("the buffer's memory has been freed (its arena was closed)");
    }
    return Buffer.address(buffer);
  }

  /** As {@link #address}, and caches the address for the next call. */
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
   * Scans record headers from the buffer's position on and sets {@link #end} and the other fields.
   * The first {@code lacking} bytes belong to a record that BoringSSL has read in part. The scan
   * stops before an incomplete header and before an invalid one.
   */
  void look(ByteBuffer in, int lacking) {
    int start = in.position();
    int limit = in.limit();
    int next = start + lacking;
    records = 0;
    whole = false;
    bad = false;
    while (next < limit) {
      if (next > start) {
        whole = true;
        records++;
      }
      if (limit - next < RecordInput.HEADER || records >= RecordWire.RECORDS_PER_READ) {
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
      next += RecordInput.HEADER + length;
    }
    if (next > limit || next == limit) {
      if (next == limit && next > start) {
        whole = true;
        records++;
      }
      end = limit;
      missing = next - limit;
    } else {
      end = next;
      missing = 0;
    }
  }

  /** How many whole records lie between two places, the first of which a record begins at. */
  static int records(ByteBuffer in, int from, int to) {
    int records = 0;
    for (int next = from; next + RecordInput.HEADER <= to; records++) {
      next += RecordInput.HEADER + Short.toUnsignedInt(in.getShort(next + 3));
    }
    return records;
  }
}
