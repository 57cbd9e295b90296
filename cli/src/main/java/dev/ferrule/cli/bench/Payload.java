package dev.ferrule.cli.bench;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * The bytes of messages: a random sequence that repeats, from another beginning for each message,
 * so that an answer to another message is a wrong one. Belongs to one loop, and allocates nothing
 * while messages are made and compared.
 */
final class Payload {
  /** The most bytes of one {@link #part}. */
  static final int CHUNK = 128 * 1024;

  private static final int PERIOD = 65_521; // a prime, so that the beginnings are spread
  private static final int NEXT_CLIENT = 7_919;
  private static final int NEXT_MESSAGE = 15_013;

  private final ByteBuffer out;
  private final ByteBuffer expected;

  /** Direct memory is what native libraries and the system take without a copy. */
  enum Memory {
    HEAP,
    DIRECT
  }

  Payload(Memory memory) {
    ByteBuffer bytes =
        memory == Memory.DIRECT
            ? ByteBuffer.allocateDirect(PERIOD + CHUNK)
            : ByteBuffer.allocate(PERIOD + CHUNK);
    byte[] sequence = new byte[PERIOD];
    new SplittableRandom(1).nextBytes(sequence);
    while (bytes.hasRemaining()) {
      bytes.put(sequence, 0, Math.min(bytes.remaining(), PERIOD));
    }
    out = bytes;
    expected = bytes.duplicate();
  }

  /** Where a message begins in the sequence. */
  static long beginning(int client, long message) {
    return Math.floorMod(client * (long) NEXT_CLIENT + message * NEXT_MESSAGE, PERIOD);
  }

  /** So many bytes from {@code at} on; the next call changes what was returned. */
  ByteBuffer part(long at, int length) {
    int from = (int) (at % PERIOD);
    return out.limit(from + length).position(from);
  }

  /** Whether {@code data} are the bytes from {@code at} on; takes them all. */
  boolean matches(long at, ByteBuffer data) {
    int end = data.limit();
    long next = at;
    boolean same = true;
    while (same && data.hasRemaining()) {
      int length = Math.min(data.remaining(), CHUNK);
      int from = (int) (next % PERIOD);
      data.limit(data.position() + length);
      same = expected.limit(from + length).position(from).mismatch(data) < 0;
      next += length;
      data.position(data.limit()).limit(end);
    }
    data.position(end);
    return same;
  }
}
