package dev.ferrule.testkit;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A poller that forwards every call to another one; a decorator overrides what it changes, for
 * example to return links that stall, or listeners that fail.
 */
public class ForwardingPoller implements Poller {
  private final Poller real;

  /** A decorator of {@code real}. */
  protected ForwardingPoller(Poller real) {
    this.real = real;
  }

  /** A provider whose pollers are those of {@code real}, decorated. */
  public static PollerProvider provider(PollerProvider real, UnaryOperator<Poller> decorator) {
    return new Provider(real, decorator);
  }

  /** The innermost poller: listeners accept for pollers of their own class only. */
  static Poller undecorated(Poller poller) {
    Poller inner = poller;
    while (inner instanceof ForwardingPoller outer) {
      inner = outer.real;
    }
    return inner;
  }

  @Override
  public @Nullable String refusal(SocketOptions.Option option) {
    return real.refusal(option);
  }

  @Override
  public Link connect(SocketAddress remote) throws IOException {
    return real.connect(remote);
  }

  /** Without options it is the call without them, so that a decorator may override that alone. */
  @Override
  public Link connect(SocketAddress remote, SocketOptions options) throws IOException {
    return options.isEmpty() ? connect(remote) : real.connect(remote, options);
  }

  @Override
  public Listener listen(SocketAddress local, int backlog) throws IOException {
    return new ForwardingListener(real.listen(local, backlog));
  }

  /** As {@link #connect(SocketAddress, SocketOptions)}. */
  @Override
  public Listener listen(SocketAddress local, int backlog, SocketOptions options)
      throws IOException {
    return options.isEmpty()
        ? listen(local, backlog)
        : new ForwardingListener(real.listen(local, backlog, options));
  }

  @Override
  public boolean sharesAddresses() {
    return real.sharesAddresses();
  }

  @Override
  public Listener listenShared(SocketAddress local, int backlog) throws IOException {
    return new ForwardingListener(real.listenShared(local, backlog));
  }

  /** As {@link #connect(SocketAddress, SocketOptions)}. */
  @Override
  public Listener listenShared(SocketAddress local, int backlog, SocketOptions options)
      throws IOException {
    return options.isEmpty()
        ? listenShared(local, backlog)
        : new ForwardingListener(real.listenShared(local, backlog, options));
  }

  @Override
  public boolean adopts() {
    return real.adopts();
  }

  @Override
  public Listener adopt(int descriptor, SocketOptions options) throws IOException {
    return new ForwardingListener(real.adopt(descriptor, options));
  }

  @Override
  public void poll(long nanos) throws IOException {
    real.poll(nanos);
  }

  @Override
  public void wake() {
    real.wake();
  }

  @Override
  public void close() {
    real.close();
  }

  private record Provider(PollerProvider real, UnaryOperator<Poller> decorator)
      implements PollerProvider {
    @Override
    public String name() {
      return real.name();
    }

    @Override
    public int rank() {
      return real.rank();
    }

    @Override
    public String version() {
      return real.version();
    }

    @Override
    public @Nullable String unavailable() {
      return real.unavailable();
    }

    @Override
    public Poller open() throws IOException {
      return decorator.apply(real.open());
    }
  }
}
