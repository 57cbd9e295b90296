package dev.ferrule.spi;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that all sockets of a loop share, so that an idle connection has none of its own.
 * Belongs to the loop's thread; buffers are allocated on first use.
 *
 * <p>A caller uses a buffer during one call and leaves no bytes in it, except for the output
 * buffer: it holds the bytes of one {@link Outlet}, its owner, until that has sent or kept them.
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

  /** The size of the buffer in which waiting bytes are collected for one write. */
  private static final int STAGING = 256 * 1024;

  /** Bytes that are read from a file at once: the content of an output buffer. */
  private static final int FILE = 256 * 1024;

  /** Bytes of one chunk of a {@link ByteQueue}: a full record of ciphertext fits. */
  static final int CHUNK = 17 * 1024;

  /** The most bytes that a chunk of their own size is allocated for. */
  private static final int SMALL_CHUNK = 1024;

  private static final int SPARE_CHUNKS = 128;

  /** The most output buffers that outlets keep; further outlets copy the bytes instead. */
  private static final int KEPT_OUTPUTS = 8;

  private final BufferPair input = new BufferPair(INPUT);
  private final BufferPair plain = new BufferPair(INPUT + CHUNK);
  private final BufferPair output = new BufferPair(OUTPUT);
  private final BufferPair staging = new BufferPair(STAGING);
  private final BufferPair file = new BufferPair(FILE);
  private final ArrayDeque<ByteBuffer> spares = new ArrayDeque<>();
  private final ArrayDeque<ByteQueue> spareQueues = new ArrayDeque<>();
  private final Map<Class<?>, Object> shared = new HashMap<>();
  private final List<Trimmed> trimmed = new ArrayList<>();
  private @Nullable Outlet owner;
  private int keptOutputs;
  private int unusedChunks; // the fewest spare chunks that there were since the last trim
  private boolean trimsSpares;

  /** Something that wires share and that keeps memory for those that were active lately. */
  @FunctionalInterface
  public interface Trimmed {
    /** Drops what was not used since the last call; false when nothing is left to drop. */
    boolean trim();
  }

  /** The buffers of one loop. */
  public Buffers() {}

  /** The buffer for encrypted bytes from the link, cleared. */
  public ByteBuffer input(Memory memory) {
    return input.lend(memory).clear();
  }

  /**
   * The buffer for bytes that the program reads, cleared. It is larger than {@link #INPUT}, so that
   * all decrypted bytes fit.
   */
  public ByteBuffer plain(Memory memory) {
    return plain.lend(memory).clear();
  }

  /** The buffer for bytes of a file that is sent, cleared. */
  public ByteBuffer file(Memory memory) {
    return file.lend(memory).clear();
  }

  /** The buffer for bytes to the link, as its owner left it. */
  ByteBuffer output(Memory memory) {
    return output.lend(memory);
  }

  /**
   * Gives the output buffer, with the bytes that the link did not take, to its owner until {@link
   * #giveOutput}, which saves copying; another buffer replaces it. Null when too many are kept.
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
    trimSparesLater();
  }

  /** The buffer in which waiting bytes are collected for one write, cleared. */
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

  /** An empty queue; it is returned with {@link #giveQueue}. */
  public ByteQueue takeQueue() {
    ByteQueue spare = spareQueues.pollLast();
    return spare != null ? spare : new ByteQueue(this);
  }

  /** Takes a queue back and drops what it holds. */
  public void giveQueue(ByteQueue queue) {
    queue.clear();
    if (spareQueues.size() < SPARE_CHUNKS) {
      spareQueues.addLast(queue);
    }
  }

  /** What the wires of this loop share beside buffers: one of each class, made on first use. */
  public <T> T shared(Class<T> type, Supplier<? extends T> maker) {
    Object known = shared.get(type);
    if (known == null) {
      known = maker.get();
      shared.put(type, known);
    }
    return type.cast(known);
  }

  /** The loop trims {@code memory} from time to time, until nothing is left in it. */
  public void trimLater(Trimmed memory) {
    trimmed.add(memory);
  }

  /** Whether there is something to trim. */
  public boolean trims() {
    return !trimmed.isEmpty();
  }

  /** Drops what was not used since the last call; called by the loop. */
  public void trim() {
    trimmed.removeIf(memory -> !memory.trim());
  }

  /** A chunk for a queue that begins with so many bytes: few do not take a whole one. */
  ByteBuffer takeChunk(long bytes) {
    if (bytes <= SMALL_CHUNK) {
      return ByteBuffer.allocate((int) bytes);
    }
    ByteBuffer spare = spares.pollLast();
    unusedChunks = Math.min(unusedChunks, spares.size());
    return spare != null ? spare.clear() : ByteBuffer.allocate(CHUNK);
  }

  void giveChunk(ByteBuffer chunk) {
    if (spares.size() < SPARE_CHUNKS && chunk.capacity() == CHUNK) {
      spares.addLast(chunk);
      trimSparesLater();
    }
  }

  private void trimSparesLater() {
    if (!trimsSpares) {
      trimsSpares = true;
      trimLater(this::trimSpares);
    }
  }

  /** Drops what a time of much traffic left behind. */
  private boolean trimSpares() {
    for (; unusedChunks > 0 && !spares.isEmpty(); unusedChunks--) {
      spares.removeFirst();
    }
    unusedChunks = spares.size();
    boolean outputs = output.trim();
    trimsSpares = outputs || !spares.isEmpty();
    return trimsSpares;
  }

  /** One buffer of each kind of memory, allocated on first use, and spare ones. */
  private static final class BufferPair {
    private final int bytes;
    private final ArrayDeque<ByteBuffer> heapSpares = new ArrayDeque<>(0);
    private final ArrayDeque<ByteBuffer> outsideSpares = new ArrayDeque<>(0);
    private @Nullable ByteBuffer heap;
    private @Nullable ByteBuffer outside;
    private boolean exchanged;

    BufferPair(int bytes) {
      this.bytes = bytes;
    }

    ByteBuffer lend(Memory memory) {
      ByteBuffer buffer = memory == Memory.HEAP ? heap : outside;
      if (buffer == null) {
        buffer = memory.allocate(bytes);
        set(memory, buffer);
      }
      return buffer;
    }

    private void set(Memory memory, ByteBuffer buffer) {
      if (memory == Memory.HEAP) {
        heap = buffer;
      } else {
        outside = buffer;
      }
    }

    /** Returns the buffer and replaces it by another one. */
    ByteBuffer exchange(Memory memory) {
      exchanged = true;
      ByteBuffer lent = lend(memory);
      ByteBuffer next = (memory == Memory.HEAP ? heapSpares : outsideSpares).pollLast();
      set(memory, next == null ? memory.allocate(bytes) : next);
      return lent;
    }

    /** Drops the spare buffers, if none was needed since the last call; false when none is left. */
    boolean trim() {
      if (!exchanged) {
        heapSpares.clear();
        outsideSpares.clear();
      }
      exchanged = false;
      return !heapSpares.isEmpty() || !outsideSpares.isEmpty();
    }

    /** Keeps a returned buffer as a spare one: there are never more than were given out. */
    void spare(ByteBuffer buffer) {
      (buffer.isDirect() ? outsideSpares : heapSpares).addLast(buffer);
    }
  }
}
