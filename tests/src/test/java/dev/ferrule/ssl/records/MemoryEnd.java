package dev.ferrule.ssl.records;

import dev.ferrule.spi.Link;
import java.io.ByteArrayOutputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A link that gives what it was given, at most so much at a time, then its end. */
final class MemoryEnd implements Link {
  private final ByteBuffer in;
  private final int most;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  MemoryEnd(byte[] in, int most) {
    this.in = ByteBuffer.wrap(in);
    this.most = most;
  }

  /** What was written to it. */
  byte[] written() {
    return out.toByteArray();
  }

  @Override
  public int read(ByteBuffer destination) {
    if (!in.hasRemaining()) {
      return -1;
    }
    int n = Math.min(Math.min(most, in.remaining()), destination.remaining());
    destination.put(destination.position(), in, in.position(), n);
    destination.position(destination.position() + n);
    in.position(in.position() + n);
    return n;
  }

  @Override
  public int write(ByteBuffer source) {
    int n = source.remaining();
    while (source.hasRemaining()) {
      out.write(source.get());
    }
    return n;
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
  public void shutdownOutput() {}

  @Override
  public void close() {}

  @Override
  public void abort() {}

  @Override
  public void noDelay(boolean disabled) {}

  @Override
  public @Nullable SocketAddress localAddress() {
    return null;
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return null;
  }
}
