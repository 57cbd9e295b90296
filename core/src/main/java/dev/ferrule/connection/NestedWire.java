package dev.ferrule.connection;

import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A wire whose link is one or more other wires: what it cannot do because of one below is asked for
 * as if it were its own. On the loop's thread.
 */
final class NestedWire implements Wire {
  private final Wire upper;
  private final List<WireLink> levels; // the nearest to the real link first
  private final Outlet outlet;

  NestedWire(Wire upper, List<WireLink> levels, Outlet outlet) {
    this.upper = upper;
    this.levels = levels;
    this.outlet = outlet;
  }

  /** The wire of the socket's own transport. */
  Wire upper() {
    return upper;
  }

  @Override
  public Memory memory() {
    return upper.memory();
  }

  @Override
  public int handshake() {
    return DONE;
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    int n = upper.read(destination);
    if (n == READ) {
      for (WireLink level : levels) {
        if (level.needs() != READ) {
          return level.needs();
        }
      }
    }
    return n;
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
