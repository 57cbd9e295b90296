package dev.ferrule.tests.model;

import java.nio.ByteBuffer;
import java.util.Random;

/** What is sent one way: bytes that tell where in it they are. */
public final class Pattern {
  private static final int PERIOD = 65_521; // a prime: no buffer is a multiple of it
  private static final byte[] BYTES = new byte[2 * PERIOD];

  static {
    byte[] once = new byte[PERIOD];
    new Random(9).nextBytes(once);
    System.arraycopy(once, 0, BYTES, 0, PERIOD);
    System.arraycopy(once, 0, BYTES, PERIOD, PERIOD);
  }

  private Pattern() {}

  /** {@code size} bytes from the place {@code from} of stream number {@code stream} on. */
  public static ByteBuffer bytes(int stream, long from, int size) {
    ByteBuffer bytes =
        (from & 1) == 0 ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
    long at = from;
    while (bytes.hasRemaining()) {
      int piece = Math.min(bytes.remaining(), PERIOD);
      bytes.put(BYTES, offset(stream, at), piece);
      at += piece;
    }
    return bytes.flip();
  }

  /**
   * Where {@code data} differs from what is at {@code from}; -1 when it does not. It is consumed.
   */
  public static long mismatch(int stream, long from, ByteBuffer data) {
    long at = from;
    while (data.hasRemaining()) {
      int piece = Math.min(data.remaining(), PERIOD);
      ByteBuffer expected = ByteBuffer.wrap(BYTES, offset(stream, at), piece);
      int different = expected.mismatch(data.slice(data.position(), piece));
      if (different >= 0) {
        return at + different;
      }
      data.position(data.position() + piece);
      at += piece;
    }
    return -1;
  }

  private static int offset(int stream, long at) {
    return (int) ((at + 7_919L * stream) % PERIOD);
  }
}
