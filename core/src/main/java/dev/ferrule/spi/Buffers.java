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

  /**
   * Bytes that one write to a link carries at most: 256 KiB of plain text in full records, each
   * with room for what a provider may add. Smaller batches cost more system calls; larger ones
   * leave the processor's cache, and more is copied when a link does not take them whole.
   */
  public static final int OUTPUT = 16 * (16 * 1024 + 256);

  /** Bytes that waited and are gathered for one write. */
  private static final int STAGING = 256 * 1024;

  /** Bytes of one chunk of a {@link ByteQueue}: a full record of ciphertext fits. */
  static final int CHUNK = 17 * 1024;

  private static final int SPARE_CHUNKS = 128;

  /** Output buffers that outlets keep at a time; more than that copy what they keep. */
  private static final int KEPT_OUTPUTS = 8;

  private final Lot input = new Lot(INPUT);
  private final Lot plain = new Lot(INPUT + CHUNK);
  private final Lot output = new Lot(OUTPUT);
  private final Lot staging = new Lot(STAGING);
  private final ArrayDeque<ByteBuffer> spares = new ArrayDeque<>();
  private final ArrayDeque<ByteQueue> spareQueues = new ArrayDeque<>();
  private @Nullable Outlet owner;
  private int keptOutputs;

  /** The buffers of one loop. */
  public Buffers() {}

  /** For what comes off the link, encrypted; cleared. */
  public ByteBuffer input(Memory memory) {
    return input.lend(memory).clear();
  }

  /** For what the program reads; cleared. Larger than {@link #INPUT}, so what was read fits. */
  public ByteBuffer plain(Memory memory) {
    return plain.lend(memory).clear();
  }

  /** For what goes to the link, as its owner left it. */
  ByteBuffer output(Memory memory) {
    return output.lend(memory);
  }

  /**
   * The output buffer with what the link did not take, to be kept until {@link #giveOutput}, which
   * saves copying it: another takes its place. Null when too many are kept already.
   */
  @Nullable ByteBuffer keepOutput(Memory memory) {
    if (keptOutputs == KEPT_OUTPUTS) {
      return null;
    }
    ByteBuffer lent = output.exchange(memory);
    keptOutputs++;
    return lent;
  }

  /** Takes back what {@link #keepOutput} gave. */
  void giveOutput(ByteBuffer buffer) {
    keptOutputs--;
    output.spare(buffer.clear());
  }

  /** For the gathering of what waits, for one write; cleared. */
  ByteBuffer staging() {
    return staging.lend(Memory.NATIVE).clear();
  }

  /** The outlet whose bytes are in the output buffer. */
  public @Nullable Outlet owner() {
    return owner;
  }

  void owner(@Nullable Outlet outlet) {
    owner = outlet;
  }

  /** An empty queue; it goes back with {@link #giveQueue} when it is empty again. */
  public ByteQueue takeQueue() {
    ByteQueue spare = spareQueues.pollLast();
    return spare != null ? spare : new ByteQueue(this);
  }

  /** Takes a queue back, with whatever it holds. */
  public void giveQueue(ByteQueue queue) {
    queue.clear();
    if (spareQueues.size() < SPARE_CHUNKS) {
      spareQueues.addLast(queue);
    }
  }

  ByteBuffer takeChunk() {
    ByteBuffer spare = spares.pollLast();
    return spare != null ? spare.clear() : ByteBuffer.allocate(CHUNK);
  }

  void giveChunk(ByteBuffer chunk) {
    if (spares.size() < SPARE_CHUNKS) {
      spares.addLast(chunk);
    }
  }

  /** One buffer of each memory, made when it is first asked for, and spare ones. */
  private static final class Lot {
    private final int bytes;
    private final ArrayDeque<ByteBuffer> heapSpares = new ArrayDeque<>(0);
    private final ArrayDeque<ByteBuffer> outsideSpares = new ArrayDeque<>(0);
    private @Nullable ByteBuffer heap;
    private @Nullable ByteBuffer outside;

    Lot(int bytes) {
      this.bytes = bytes;
    }

    ByteBuffer lend(Memory memory) {
      ByteBuffer made = memory == Memory.HEAP ? heap : outside;
      if (made == null) {
        made = memory.allocate(bytes);
        set(memory, made);
      }
      return made;
    }

    private void set(Memory memory, ByteBuffer buffer) {
      if (memory == Memory.HEAP) {
        heap = buffer;
      } else {
        outside = buffer;
      }
    }

    /** Hands out the buffer itself, and lends another from now on. */
    ByteBuffer exchange(Memory memory) {
      ByteBuffer lent = lend(memory);
      ByteBuffer next = (memory == Memory.HEAP ? heapSpares : outsideSpares).pollLast();
      set(memory, next == null ? memory.allocate(bytes) : next);
      return lent;
    }

    /** Takes one back: those of a kind are never more than were handed out. */
    void spare(ByteBuffer buffer) {
      (buffer.isDirect() ? outsideSpares : heapSpares).addLast(buffer);
    }
  }
}
