package dev.ferrule.connection;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A wire whose link is one or more other wires: what it cannot do because of one below is asked for
 * as if it were its own. It stays when the socket's own wire becomes another, by STARTTLS or its
 * opposite. On the loop's thread.
 */
final class NestedWire implements Wire {
  private Wire upper;
  private final List<WireLink> levels; // the nearest to the real link first
  private final Buffers buffers; // of the upper wire
  private final Outlet outlet; // of the upper wire

  NestedWire(Wire upper, List<WireLink> levels, Buffers buffers, Outlet outlet) {
    this.upper = upper;
    this.levels = levels;
    this.buffers = buffers;
    this.outlet = outlet;
  }

  /** The wire of the socket's own transport, whether it is inside of others or not. */
  static Wire own(Wire wire) {
    return wire instanceof NestedWire nested ? nested.upper : wire;
  }

  /** The link of the socket's own wire. */
  Link link() {
    return levels.getLast();
  }

  /** Another wire on {@link #link} takes the place of the socket's own. */
  void replace(Wire next) {
    Wire old = upper;
    upper = next;
    old.release();
  }

  /** A transport that replaces the socket's own wire, and leaves those below. */
  Transport over(Transport next) {
    return new Inside(this, next);
  }

  private record Inside(NestedWire around, Transport inner) implements TransportBehind {
    @Override
    public Wire wire(Link link, Buffers buffers, Owner owner) throws IOException {
      around.replace(inner.wire(around.link(), around.buffers, owner));
      return around;
    }
  }

  @Override
  public Memory memory() {
    return upper.memory();
  }

  @Override
  public int handshake() throws IOException {
    int result = upper.handshake();
    while (result == READ && WireLink.hold(levels)) {
      result = upper.handshake(); // the link tells nothing of what a wire below has read already
    }
    outlet.flush();
    return result == READ ? WireLink.needs(levels) : result;
  }

  @Override
  public Wire established() throws IOException {
    Wire next = upper.established();
    if (next != upper) {
      replace(next);
    }
    return this;
  }

  @Override
  public int takeRest(ByteBuffer destination) {
    return upper.takeRest(destination);
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    int n = upper.read(destination);
    return n == READ ? WireLink.needs(levels) : n;
  }

  @Override
  public boolean buffered() {
    for (WireLink level : levels) {
      if (level.buffered()) {
        return true;
      }
    }
    return upper.buffered();
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return upper.write(source);
  }

  /** The end of each wire is behind what the one above it has said. */
  @Override
  public int closeOutput() throws IOException {
    int result = upper.closeOutput();
    outlet.flush();
    for (WireLink level : levels.reversed()) {
      if (result != DONE || !outlet.isEmpty()) {
        return result == DONE ? WRITE : result;
      }
      result = level.closeOutput();
    }
    return result;
  }

  @Override
  public boolean endStopsOutput() {
    return upper.endStopsOutput();
  }

  @Override
  public long recordsRead() {
    return upper.recordsRead();
  }

  @Override
  public long recordsWritten() {
    return upper.recordsWritten();
  }

  @Override
  public Runnable task() {
    for (WireLink level : levels) {
      if (level.needs() == TASK) {
        return level.task();
      }
    }
    return upper.task();
  }

  @Override
  public void abandonTask() {
    upper.abandonTask();
    levels.forEach(WireLink::abandonTask);
  }

  @Override
  public void release() {
    upper.release();
    levels.reversed().forEach(WireLink::release);
  }
}
