package dev.ferrule.testkit;

import java.nio.ByteBuffer;

/** One direction of a simulated connection: a ring buffer, and whether it ended. */
final class SimulatedPipe {
  private final byte[] ring;
  private int first;
  private int size;
  private long visibleFrom; // the poll from which on the reader sees the bytes
  private boolean fin;
  boolean readerClosed;

  SimulatedPipe(int capacity) {
    ring = new byte[capacity];
  }

  int capacity() {
    return ring.length;
  }

  int room() {
    return ring.length - size;
  }

  int size() {
    return size;
  }

  /** Puts {@code n} bytes in, which fit; the reader sees them from the poll {@code from} on. */
  void put(ByteBuffer source, int n, long from) {
    int at = (first + size) % ring.length;
    int head = Math.min(n, ring.length - at);
    source.get(ring, at, head);
    source.get(ring, 0, n - head);
    size += n;
    hide(from);
  }

  /** Takes {@code n} bytes out, which are there. */
  void take(ByteBuffer destination, int n) {
    int head = Math.min(n, ring.length - first);
    destination.put(ring, first, head);
    destination.put(ring, 0, n - head);
    first = (first + n) % ring.length;
    size -= n;
  }

  /** Changes a bit of a byte that was put in: {@code behind} 1 is the last one. */
  void flip(int behind) {
    ring[(first + size - behind) % ring.length] ^= 1;
  }

  /** Drops the last bytes, at most {@code n}, of those that were not taken. */
  void dropLast(int n) {
    size -= Math.min(n, size);
  }

  /** Drops the bytes, and a FIN behind them. */
  void clear() {
    fin = fin && size == 0;
    size = 0;
  }

  void end(long from) {
    fin = true;
    hide(from);
  }

  boolean fin() {
    return fin;
  }

  /** The reader sees all that is in it from the poll {@code from} on, at the earliest. */
  void hide(long from) {
    visibleFrom = Math.max(visibleFrom, from);
  }

  long visibleFrom() {
    return visibleFrom;
  }

  int visible(long poll) {
    return poll >= visibleFrom ? size : 0;
  }

  boolean ended(long poll) {
    return fin && size == 0 && poll >= visibleFrom;
  }
}
