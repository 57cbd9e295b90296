package dev.ferrule.spi;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that all sockets of a loop share, so that an idle connection has none of its own.
 * Belongs to the loop's thread; each lot is made when it is first asked for.
 *
 * <p>A borrower uses a buffer for one call and leaves nothing in it, the output buffer apart: that
 * holds the bytes of one {@link Outlet}, which is named here until it has sent them or kept them.
 */
public final class Buffers {
  /** Bytes of ciphertext taken from a link by one read. */
  public static final int INPUT = 128 * 1024;

  /** Bytes that one write to a link carries at most; smaller batches cost more system calls. */
  public static final int OUTPUT = 512 * 1024;

  /** Bytes of one chunk of a {@link ByteQueue}: a full record of ciphertext fits. */
  static final int CHUNK = 17 * 1024;

  private static final int SPARE_CHUNKS = 128;

  private final @Nullable ByteBuffer[] input = new @Nullable ByteBuffer[2];
  private final @Nullable ByteBuffer[] plain = new @Nullable ByteBuffer[2];
  private final @Nullable ByteBuffer[] output = new @Nullable ByteBuffer[2];
  private final ArrayDeque<byte[]> spares = new ArrayDeque<>();
  private @Nullable Outlet owner;

  /** The buffers of one loop. */
  public Buffers() {}

  /** For what comes off the link, encrypted; cleared. */
  public ByteBuffer input(Memory memory) {
    return lend(input, memory, INPUT).clear();
  }

  /** For what the program reads; cleared. Larger than {@link #INPUT}, so what was read fits. */
  public ByteBuffer plain(Memory memory) {
    return lend(plain, memory, INPUT + CHUNK).clear();
  }

  /** For what goes to the link, as its owner left it. */
  ByteBuffer output(Memory memory) {
    return lend(output, memory, OUTPUT);
  }

  /** The outlet whose bytes are in the output buffer. */
  public @Nullable Outlet owner() {
    return owner;
  }

  void owner(@Nullable Outlet outlet) {
    owner = outlet;
  }

  byte[] takeChunk() {
    byte[] spare = spares.pollLast();
    return spare != null ? spare : new byte[CHUNK];
  }

  void giveChunk(byte[] chunk) {
    if (spares.size() < SPARE_CHUNKS) {
      spares.addLast(chunk);
    }
  }

  private static ByteBuffer lend(@Nullable ByteBuffer[] lot, Memory memory, int bytes) {
    ByteBuffer buffer = lot[memory.ordinal()];
    if (buffer == null) {
      buffer = memory.allocate(bytes);
      lot[memory.ordinal()] = buffer;
    }
    return buffer;
  }
}
