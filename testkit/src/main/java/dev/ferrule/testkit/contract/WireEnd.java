package dev.ferrule.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.connection.Transport;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One side of a connection in memory: calls a wire as a socket does, step by step, without loop or
 * threads. It reads only when the link is readable or the wire says that it holds bytes, so a wire
 * that does not say so fails.
 */
public final class WireEnd {
  /** Makes the wire of one side, as {@link Transport#wire}. */
  @FunctionalInterface
  public interface Maker {
    /** A new wire on {@code link}. */
    Wire wire(Link link, Buffers buffers, Transport.Owner owner) throws IOException;
  }

  private static final int TASK_STEPS = 3;

  private final MemoryLink memory;
  private final Link link;
  private final Buffers buffers;
  private final Outlet outlet;
  private Wire wire;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private ByteBuffer toSend = ByteBuffer.allocate(0);
  private int want = Wire.READ;
  private int taskAge = -1; // steps since a task was asked for; -1: none
  private boolean secured;
  private boolean closing;
  private boolean notified;
  private boolean finSent;
  private boolean ended;
  private @Nullable Exception failure;

  /** A side on {@code link}, which is {@code memory} or a decorator of it. */
  public WireEnd(MemoryLink memory, Link link, Buffers buffers, Maker maker) throws IOException {
    this.memory = memory;
    this.link = link;
    this.buffers = buffers;
    OutletOwner owner = new OutletOwner(link, buffers);
    this.wire = maker.wire(link, buffers, owner);
    this.outlet = owner.outlet();
  }

  /** The wire of this side. */
  public Wire wire() {
    return wire;
  }

  /** Whether the handshake is done. */
  public boolean isSecured() {
    return secured;
  }

  /** Whether the peer ended its side cleanly. */
  public boolean isEnded() {
    return ended;
  }

  /** What the wire threw; null when nothing. */
  public @Nullable Exception failure() {
    return failure;
  }

  /** What was received so far. */
  public byte[] received() {
    return received.toByteArray();
  }

  /** Bytes that the wire has not taken yet. */
  public int unsent() {
    return toSend.remaining();
  }

  /** Sends {@code bytes} after the bytes before. */
  public void send(byte[] bytes) {
    ByteBuffer all = ByteBuffer.allocate(toSend.remaining() + bytes.length);
    toSend = all.put(toSend).put(bytes).flip();
  }

  /** Writes {@code bytes} as one write of its own, which goes to the link with those before it. */
  public void writeNow(byte[] bytes) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(bytes);
    while (source.hasRemaining() && write(source) > 0) {}
    assertThat(source.hasRemaining()).as("room for a small write").isFalse();
  }

  /** Ends this side once all is sent. */
  public void close() {
    closing = true;
  }

  /** Does one step; false when nothing could be done. */
  public boolean step() {
    long before = progress();
    boolean changed;
    try {
      outlet.flush();
      changed = failure == null && advance();
      outlet.flush();
      changed |= finish();
    } catch (IOException | RuntimeException e) {
      changed = failure == null;
      failure = failure == null ? e : failure;
    }
    return changed || progress() != before;
  }

  /** A number that grows with every byte that moves, also with a part of a record. */
  private long progress() {
    return outlet.sent() + memory.taken() + received.size() - toSend.remaining();
  }

  /** Frees the wire. */
  public void release() {
    wire.release();
  }

  private boolean advance() throws IOException {
    if (taskAge >= 0) {
      return runTask();
    }
    boolean changed = false;
    if (!secured) {
      want = wire.handshake();
      secured = want == Wire.DONE;
      if (secured) {
        Wire handshaken = wire;
        wire = handshaken.established();
        if (wire != handshaken) {
          handshaken.release();
        }
      }
      if (want == Wire.TASK) {
        taskAge = 0;
      }
      return secured || taskAge == 0;
    }
    while (toSend.hasRemaining() && !outlet.clogged() && write(toSend) > 0) {
      changed = true;
    }
    return read() || changed;
  }

  /** Runs a task some steps later, as on another thread; the wire is not called until then. */
  private boolean runTask() {
    if (++taskAge == TASK_STEPS) {
      wire.task().run();
      taskAge = -1;
    }
    return true;
  }

  private int write(ByteBuffer source) throws IOException {
    int start = source.position();
    int n = wire.write(source);
    if (n == Wire.WRITE) {
      outlet.flush();
      n = outlet.clogged() ? n : wire.write(source);
    }
    assertThat(source.position() - start).as("consumed").isEqualTo(Math.max(0, n));
    return n;
  }

  private boolean read() throws IOException {
    boolean changed = false;
    while (!ended && taskAge < 0 && (wire.buffered() || memory.readable())) {
      ByteBuffer plain = buffers.plain(wire.memory());
      int n = wire.read(plain);
      if (n <= 0) {
        ended = n == Wire.END;
        taskAge = n == Wire.TASK ? 0 : taskAge;
        return changed || ended || taskAge == 0;
      }
      changed = true;
      assertThat(plain.position()).as("what was put into the buffer").isEqualTo(n);
      plain.flip();
      while (plain.hasRemaining()) {
        received.write(plain.get());
      }
    }
    return changed;
  }

  private boolean finish() throws IOException {
    boolean due = failure != null || (closing && secured && !toSend.hasRemaining() && taskAge < 0);
    if (!due || finSent) {
      return false;
    }
    if (!notified) {
      notified = wire.closeOutput() == Wire.DONE;
      outlet.flush();
    }
    if (!notified || !outlet.isEmpty()) {
      return false;
    }
    finSent = true;
    link.shutdownOutput();
    return true;
  }
}
