package dev.ferrule.testkit;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A listener that forwards every call to another one; a decorator overrides what it changes. */
public class ForwardingListener implements Listener {
  private final Listener real;

  /** A decorator of {@code real}. */
  protected ForwardingListener(Listener real) {
    this.real = real;
  }

  @Override
  public void attach(Link.Ready ready) {
    real.attach(ready);
  }

  @Override
  public void interest(int ops) {
    real.interest(ops);
  }

  @Override
  public @Nullable Link accept() throws IOException {
    return real.accept();
  }

  @Override
  public @Nullable Link acceptFor(Poller home) throws IOException {
    return real.acceptFor(ForwardingPoller.undecorated(home));
  }

  @Override
  public SocketAddress localAddress() {
    return real.localAddress();
  }

  @Override
  public int descriptor() {
    return real.descriptor();
  }

  @Override
  public void close() {
    real.close();
  }

  @Override
  public void closeHandedOver() {
    real.closeHandedOver();
  }
}
