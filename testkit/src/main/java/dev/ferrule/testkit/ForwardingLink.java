package dev.ferrule.testkit;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.PathFacts;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A link that forwards every call to another one; a decorator overrides what it changes. Files are
 * not among them: their bytes go through {@link #write}, so that a decorator sees all that is sent.
 */
public class ForwardingLink implements Link {
  private final Link real;

  /** A decorator of {@code real}. */
  protected ForwardingLink(Link real) {
    this.real = real;
  }

  @Override
  public void attach(Ready ready) {
    real.attach(ready);
  }

  @Override
  public void interest(int ops) {
    real.interest(ops);
  }

  @Override
  public boolean finishConnect() throws IOException {
    return real.finishConnect();
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    return real.read(destination);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return real.write(source);
  }

  @Override
  public void shutdownOutput() throws IOException {
    real.shutdownOutput();
  }

  @Override
  public void close() {
    real.close();
  }

  @Override
  public void abort() {
    real.abort();
  }

  @Override
  public void noDelay(boolean enabled) throws IOException {
    real.noDelay(enabled);
  }

  @Override
  public @Nullable PathFacts path() {
    return real.path();
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    return real.localAddress();
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return real.remoteAddress();
  }
}
