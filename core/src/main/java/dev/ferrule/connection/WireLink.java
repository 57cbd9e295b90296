package dev.ferrule.connection;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.ByteQueue;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PathFacts;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A wire as the link of another one: SSL inside of SSL. Only what moves bytes is called; readiness,
 * and the end, are the business of the real link. On the loop's thread.
 */
final class WireLink implements Link {
  private final Wire wire;
  private final Link below;
  private final Buffers buffers; // of the wire
  private final Outlet outlet; // of the wire
  private @Nullable ByteQueue rest; // of what the wire decrypted
  private int needs = Wire.READ;

  WireLink(Wire wire, Link below, Buffers buffers, Outlet outlet) {
    this.wire = wire;
    this.below = below;
    this.buffers = buffers;
    this.outlet = outlet;
  }

  /** What the last read waits for: {@link Wire#READ}, {@link Wire#WRITE} or {@link Wire#TASK}. */
  int needs() {
    return needs;
  }

  /** What those on top of each other wait for: the first that needs more than input says. */
  static int needs(List<WireLink> levels) {
    for (WireLink level : levels) {
      if (level.needs != Wire.READ) {
        return level.needs;
      }
    }
    return Wire.READ;
  }

  /** Whether one of them has input that needs nothing else to be read. */
  static boolean hold(List<WireLink> levels) {
    for (WireLink level : levels) {
      if (level.buffered() && level.needs == Wire.READ) {
        return true;
      }
    }
    return false;
  }

  Runnable task() {
    needs = Wire.READ;
    return wire.task();
  }

  void abandonTask() {
    wire.abandonTask();
  }

  boolean buffered() {
    return rest != null || wire.buffered();
  }

  int closeOutput() throws IOException {
    int result = wire.closeOutput();
    outlet.flush();
    return result;
  }

  void release() {
    if (rest != null) {
      buffers.giveQueue(rest);
      rest = null;
    }
    wire.release();
  }

  /** The wire decrypts into memory of its kind and with room for all; the rest is kept. */
  @Override
  public int read(ByteBuffer destination) throws IOException {
    ByteQueue waiting = rest;
    if (waiting != null) {
      return take(waiting, destination);
    }
    // Not that of the wire's own buffers, which the program's bytes go to in this same call.
    ByteBuffer plain = NestedOutlet.buffersAbove(buffers).plain(wire.memory());
    int n = wire.read(plain);
    while (n == Wire.READ && wire.buffered()) {
      n = wire.read(plain); // a record without data for us, such as a ticket, and another behind it
    }
    needs = n > 0 ? Wire.READ : n;
    if (n == Wire.END) {
      needs = Wire.READ;
      return -1;
    }
    if (n <= 0) {
      return 0;
    }
    plain.flip();
    int given = Math.min(n, destination.remaining());
    destination.put(destination.position(), plain, 0, given);
    destination.position(destination.position() + given);
    plain.position(given);
    if (plain.hasRemaining()) {
      ByteQueue kept = buffers.takeQueue();
      kept.put(plain);
      rest = kept;
    }
    return given;
  }

  private int take(ByteQueue waiting, ByteBuffer destination) {
    int before = destination.position();
    waiting.take(destination);
    if (waiting.isEmpty()) {
      rest = null;
      buffers.giveQueue(waiting);
    }
    return destination.position() - before;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int begin = source.position();
    while (source.hasRemaining() && !outlet.clogged()) {
      int before = source.position();
      if (wire.write(source) == Wire.WRITE || source.position() == before) {
        boolean full = !outlet.isEmpty();
        outlet.flush();
        if (!full) {
          break; // it wants room although there is some
        }
      }
    }
    outlet.flush();
    return source.position() - begin;
  }

  @Override
  public @Nullable PathFacts path() {
    return below.path();
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    return below.localAddress();
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return below.remoteAddress();
  }

  // ---- what the real link is asked for

  @Override
  public void attach(Ready ready) {
    throw askedOfTheLink("attach");
  }

  @Override
  public void interest(int ops) {
    throw askedOfTheLink("interest");
  }

  @Override
  public boolean finishConnect() {
    return true;
  }

  @Override
  public void shutdownOutput() {
    throw askedOfTheLink("shutdownOutput");
  }

  @Override
  public void close() {
    throw askedOfTheLink("close");
  }

  @Override
  public void abort() {
    throw askedOfTheLink("abort");
  }

  @Override
  public void noDelay(boolean disabled) {
    throw askedOfTheLink("noDelay");
  }

  private static UnsupportedOperationException askedOfTheLink(String call) {
    return new UnsupportedOperationException(
        call + " is for the link of the connection: to the wire above, this one only moves bytes");
  }
}
