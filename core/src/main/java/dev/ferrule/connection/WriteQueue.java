package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.ByteQueue;
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

  private final Buffers buffers;
  private @Nullable ByteQueue queue;
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
    return queue == null;
  }

  long size() {
    return queue == null ? 0 : queue.size();
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
    if (queue == null) {
      queue = new ByteQueue(buffers);
    }
    queue.put(source);
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
    while (queue != null && !outlet.clogged() && taken() < end) {
      ByteBuffer first = queue.peek();
      int n = wire.write(first);
      if (n > 0) {
        dataEnd = outlet.produced();
        queue.trim(n);
        place(outlet);
        if (queue.isEmpty()) {
          queue = null;
        }
      } else {
        if (outlet.isEmpty()) {
          return false;
        }
        outlet.flush();
      }
    }
    place(outlet); // writes of nothing, made before there was an outlet
    return true;
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
    if (queue != null) {
      accepted -= queue.size(); // they are lost
      queue.clear();
      queue = null;
    }
    marks = null;
    placed = null;
    dirty = false;
  }
}
