package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.ByteQueue;
import dev.ferrule.spi.FileRange;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the program wrote and the wire has not taken yet, and who wants to know when a write has
 * been taken by the link. Belongs to one connection.
 */
final class WriteQueue {
  /** A write that has a callback of its own: where it ends, before and behind the wire. */
  private static final class Mark {
    final long plainEnd;
    final Consumer<? super Endpoint> done;
    long wireEnd; // once it is behind the wire

    Mark(long plainEnd, Consumer<? super Endpoint> done) {
      this.plainEnd = plainEnd;
      this.done = done;
    }
  }

  /** A file that waits, and the bytes that were written after it and before the next file. */
  private static final class Waiting {
    final FileRange file;
    @Nullable ByteQueue behind;

    Waiting(FileRange file) {
      this.file = file;
    }
  }

  private final Buffers buffers;
  private @Nullable ByteQueue queue; // ahead of all files
  private @Nullable ArrayDeque<Waiting> files;
  private long behindBytes; // of memory, behind files
  private long fileBytes;
  private @Nullable ArrayDeque<Mark> marks; // not behind the wire yet
  private @Nullable ArrayDeque<Mark> placed;
  private long accepted;
  private long clearEnd; // of accepted: what goes out ahead of an upgrade
  private long dataEnd; // of Outlet.produced: where the last byte that the wire took ends
  private boolean dirty; // something was written since the last flush was told

  WriteQueue(Buffers buffers) {
    this.buffers = buffers;
  }

  boolean isEmpty() {
    return queue == null && files == null;
  }

  /** Bytes that wait, those of files too. */
  long size() {
    return memory() + fileBytes;
  }

  /** Bytes that wait in memory. */
  long memory() {
    return (queue == null ? 0 : queue.size()) + behindBytes;
  }

  /** How many files wait. */
  int files() {
    return files == null ? 0 : files.size();
  }

  /** Bytes that the wire has taken so far. */
  long taken() {
    return accepted - size();
  }

  /** Whether something was written that no flush has been told of. */
  boolean isDirty() {
    return dirty;
  }

  /** Keeps a copy of what remains of {@code source}. */
  void put(ByteBuffer source) {
    if (!source.hasRemaining()) {
      return;
    }
    dirty = true;
    accepted += source.remaining();
    Waiting last = files == null ? null : files.peekLast();
    if (last == null) {
      if (queue == null) {
        queue = new ByteQueue(buffers);
      }
      queue.put(source);
      return;
    }
    ByteQueue behind = last.behind == null ? new ByteQueue(buffers) : last.behind;
    last.behind = behind;
    behindBytes += source.remaining();
    behind.put(source);
  }

  /** Takes a file over, which has bytes to send: it is closed when they have gone, or are lost. */
  void put(FileRange file) {
    if (files == null) {
      files = new ArrayDeque<>(2);
    }
    dirty = true;
    accepted += file.remaining();
    fileBytes += file.remaining();
    files.add(new Waiting(file));
  }

  /** Gives the wire as much of {@code source} as it takes while the link takes what comes of it. */
  void pass(ByteBuffer source, Wire wire, Outlet outlet) throws IOException {
    while (source.hasRemaining()) {
      int n = wire.write(source);
      if (n > 0) {
        dirty = true;
        accepted += n;
        dataEnd = outlet.produced();
      } else {
        boolean stuck = outlet.isEmpty(); // no flush will make room
        outlet.flush();
        if (stuck || outlet.clogged() || n != Wire.WRITE) {
          return;
        }
      }
    }
  }

  /**
   * Gives the wire what waits, as long as the link takes what comes of it, and about {@code most}
   * bytes at most. False when the wire took nothing although there was room: it never will.
   */
  boolean pump(Wire wire, Outlet outlet, long most) throws IOException {
    long end = taken() + most;
    while (!isEmpty() && !outlet.clogged() && taken() < end) {
      ByteQueue bytes = queue;
      boolean taken = bytes == null ? pumpFile(wire, outlet) : pumpBytes(bytes, wire, outlet);
      if (!taken && !outlet.clogged()) { // clogged: the link took nothing of a file
        if (outlet.isEmpty()) {
          return false;
        }
        outlet.flush();
      }
    }
    place(outlet); // writes of nothing, made before there was an outlet
    return true;
  }

  private boolean pumpBytes(ByteQueue bytes, Wire wire, Outlet outlet) throws IOException {
    int n = wire.write(bytes.peek());
    if (n <= 0) {
      return false;
    }
    dataEnd = outlet.produced();
    bytes.trim(n);
    place(outlet);
    if (bytes.isEmpty()) {
      queue = null;
    }
    return true;
  }

  /** The first file's bytes: by the link itself, or read and written. */
  private boolean pumpFile(Wire wire, Outlet outlet) throws IOException {
    ArrayDeque<Waiting> all = files;
    if (all == null) {
      return false;
    }
    Waiting first = all.element();
    int n = wire.sendFile(first.file);
    if (n == Wire.BYTES) {
      return readFile(all, wire, outlet);
    }
    if (n <= 0) {
      return false;
    }
    fileSent(all, n, outlet);
    return true;
  }

  /** What the wire does not take is not kept, but read again later. */
  private boolean readFile(ArrayDeque<Waiting> all, Wire wire, Outlet outlet) throws IOException {
    FileRange file = all.element().file;
    ByteBuffer chunk = buffers.file(wire.memory());
    file.read(chunk);
    chunk.flip();
    int before = chunk.remaining();
    while (chunk.hasRemaining() && !outlet.clogged()) {
      int n = wire.write(chunk);
      if (n > 0) {
        file.sent(n);
        fileSent(all, n, outlet);
      } else {
        if (outlet.isEmpty()) {
          break;
        }
        outlet.flush();
      }
    }
    return chunk.remaining() < before;
  }

  /** The wire has taken the next bytes of the first file, which has been moved by them. */
  private void fileSent(ArrayDeque<Waiting> all, int bytes, Outlet outlet) {
    fileBytes -= bytes;
    dataEnd = outlet.produced();
    place(outlet);
    Waiting first = all.element();
    if (first.file.remaining() > 0) {
      return;
    }
    all.remove();
    if (all.isEmpty()) {
      files = null;
    }
    queue = first.behind;
    behindBytes -= queue == null ? 0 : queue.size();
    first.file.close();
  }

  /** An upgrade: what was written so far is for the old wire, the identity. */
  void upgraded() {
    clearEnd = accepted;
  }

  /** Moves what goes out in clear, ahead of the new wire of an upgrade, to its outlet. */
  void moveTo(Outlet outlet) {
    while (queue != null && taken() < clearEnd) {
      ByteBuffer first = queue.peek();
      int n = (int) Math.min(first.remaining(), clearEnd - taken());
      outlet.keep(first.slice(first.position(), n));
      first.position(first.position() + n);
      dataEnd = outlet.produced();
      queue.trim(n);
      place(outlet);
      if (queue.isEmpty()) {
        queue = null;
      }
    }
  }

  /** Whether bytes of the program, as opposed to alerts and tickets, wait in front of the link. */
  boolean isUnsent(Outlet outlet) {
    return queue != null || outlet.sent() < dataEnd;
  }

  /** All that was written so far, once the link has taken it, is told to {@code done}. */
  void mark(Consumer<? super Endpoint> done, @Nullable Outlet outlet) {
    if (marks == null) {
      marks = new ArrayDeque<>(2);
    }
    dirty = true;
    marks.add(new Mark(accepted, done));
    if (outlet != null) {
      place(outlet);
    }
  }

  private void place(Outlet outlet) {
    while (marks != null && !marks.isEmpty() && marks.element().plainEnd <= taken()) {
      Mark mark = marks.remove();
      mark.wireEnd = outlet.produced();
      if (placed == null) {
        placed = new ArrayDeque<>(2);
      }
      placed.add(mark);
    }
  }

  /** How many writes behind the wire have a callback of their own. */
  int marks() {
    return placed == null ? 0 : placed.size();
  }

  /** The callback of the first write that the link has taken whole; null when there is none. */
  @Nullable Consumer<? super Endpoint> nextDone(Outlet outlet) {
    ArrayDeque<Mark> all = placed;
    Mark first = all == null ? null : all.peek();
    if (all == null || first == null || first.wireEnd > outlet.sent()) {
      return null;
    }
    all.remove();
    return first.done;
  }

  /** Whether {@link #nextDone} would give one. */
  boolean hasDone(Outlet outlet) {
    Mark first = placed == null ? null : placed.peek();
    return first != null && first.wireEnd <= outlet.sent();
  }

  /** A flush is about to be told. */
  void clean() {
    dirty = false;
  }

  /** Drops what waits, and the callbacks with it. */
  void clear() {
    accepted -= size(); // they are lost
    if (queue != null) {
      queue.clear();
      queue = null;
    }
    if (files != null) {
      for (Waiting waiting : files) {
        waiting.file.close();
        if (waiting.behind != null) {
          waiting.behind.clear();
        }
      }
      files = null;
      behindBytes = 0;
      fileBytes = 0;
    }
    marks = null;
    placed = null;
    dirty = false;
  }
}
