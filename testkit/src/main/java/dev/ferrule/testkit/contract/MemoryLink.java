package dev.ferrule.testkit.contract;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection in memory, with room for a bounded number of bytes each way, as a
 * socket's buffers have. There is no poller: the caller asks {@link #readable} and {@link
 * #writable}, or tries. Both ends belong to one thread.
 */
public final class MemoryLink implements Link {
  private final Pipe in;
  private final Pipe out;
  private boolean closed;
  private long taken;

  private MemoryLink(Pipe in, Pipe out) {
    this.in = in;
    this.out = out;
  }

  /** Two connected ends. */
  public record Pair(MemoryLink client, MemoryLink server) {}

  /** A connected pair whose directions hold {@code capacity} bytes each. */
  public static Pair pair(int capacity) {
    Pipe toServer = new Pipe(capacity);
    Pipe toClient = new Pipe(capacity);
    return new Pair(new MemoryLink(toClient, toServer), new MemoryLink(toServer, toClient));
  }

  /** Whether {@link #read} would return other than 0. */
  public boolean readable() {
    return in.bytes.position() > 0 || in.ended || in.broken;
  }

  /** Whether {@link #write} would return other than 0. */
  public boolean writable() {
    return out.bytes.hasRemaining() || out.broken;
  }

  /** Bytes that were read at this end. */
  long taken() {
    return taken;
  }

  /**
   * Ends the input of this end as if the peer had sent FIN; bytes that were sent before still
   * arrive.
   */
  public void cutInput() {
    in.ended = true;
  }

  /** Resets both directions. */
  public void reset() {
    in.breaks();
    out.breaks();
  }

  @Override
  public void attach(Ready ready) {}

  @Override
  public void interest(int ops) {}

  @Override
  public boolean finishConnect() {
    return true;
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    requireOpen();
    in.requireWhole();
    int n = Math.min(in.bytes.position(), destination.remaining());
    if (n == 0) {
      return in.ended && destination.hasRemaining() ? -1 : 0;
    }
    in.bytes.flip();
    destination.put(destination.position(), in.bytes, 0, n);
    destination.position(destination.position() + n);
    in.bytes.position(n);
    in.bytes.compact();
    taken += n;
    return n;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    requireOpen();
    out.requireWhole();
    if (out.ended) {
      throw new LinkException(LinkException.Kind.RESET, "this side was shut down", null);
    }
    int n = Math.min(out.bytes.remaining(), source.remaining());
    out.bytes.put(out.bytes.position(), source, source.position(), n);
    out.bytes.position(out.bytes.position() + n);
    source.position(source.position() + n);
    return n;
  }

  @Override
  public void shutdownOutput() throws IOException {
    requireOpen();
    out.requireWhole();
    out.ended = true;
  }

  @Override
  public void close() {
    closed = true;
    out.ended = true;
  }

  @Override
  public void abort() {
    closed = true;
    reset();
  }

  /** Whether this end was closed or aborted. */
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void noDelay(boolean enabled) {}

  @Override
  public @Nullable SocketAddress localAddress() {
    return null;
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return null;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the link is closed: nothing may be called on it any more");
    }
  }

  /** One direction: the bytes that were sent and not read are in front of the position. */
  private static final class Pipe {
    final ByteBuffer bytes;
    boolean ended;
    boolean broken;

    Pipe(int capacity) {
      bytes = ByteBuffer.allocate(capacity);
    }

    void breaks() {
      broken = true;
      bytes.clear();
    }

    void requireWhole() throws LinkException {
      if (broken) {
        throw new LinkException(LinkException.Kind.RESET, "the connection was cut", null);
      }
    }
  }
}
