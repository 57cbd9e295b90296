package dev.ferrule.nio;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A {@link Poller} on a java.nio {@link Selector}: works wherever a JDK does. */
final class NioPoller implements Poller {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Selector selector;
  // Collected first and dispatched then: a callback may close a listener, which selects itself.
  private final ArrayList<SelectionKey> keys = new ArrayList<>();
  private final Consumer<SelectionKey> collect = keys::add;

  NioPoller(Selector selector) {
    this.selector = selector;
  }

  Selector selector() {
    return selector;
  }

  @Override
  public @Nullable String refusal(SocketOptions.Option option) {
    return NioOptions.refusal(option);
  }

  @Override
  public Link connect(SocketAddress remote) throws IOException {
    return connect(remote, SocketOptions.NONE);
  }

  @Override
  public Link connect(SocketAddress remote, SocketOptions options) throws IOException {
    NioOptions.require(options);
    SocketChannel channel =
        remote instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    try {
      channel.configureBlocking(false);
      NioOptions.beforeConnect(channel, options);
      channel.connect(remote);
      return new NioLink(channel, selector, remote);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw NioFailure.of(e);
    }
  }

  @Override
  public Listener listen(SocketAddress local, int backlog) throws IOException {
    return listen(local, backlog, SocketOptions.NONE);
  }

  @Override
  public Listener listen(SocketAddress local, int backlog, SocketOptions options)
      throws IOException {
    NioOptions.require(options);
    boolean unix = local instanceof UnixDomainSocketAddress;
    ServerSocketChannel channel =
        unix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
    try {
      channel.configureBlocking(false);
      if (!unix) {
        // Else a server cannot be started again for a minute after it closed connections.
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      }
      NioOptions.beforeListen(channel, options);
      channel.bind(local, backlog > 0 ? backlog : BACKLOG);
      return new NioListener(channel, selector, options);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw NioFailure.of(e);
    }
  }

  @Override
  public void poll(long nanos) throws IOException {
    if (nanos == 0) {
      selector.selectNow(collect);
    } else {
      // Rounded up: a timer must not find itself early and spin. select(0) waits without limit.
      long millis = nanos < 0 ? 0 : (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
      selector.select(collect, millis);
    }
    try {
      for (int i = 0; i < keys.size(); i++) {
        dispatch(keys.get(i));
      }
    } finally {
      keys.clear(); // what a thrown exception left out is still ready, and comes again
    }
  }

  private static void dispatch(SelectionKey key) {
    if (!key.isValid()) {
      return; // closed by a callback of this same round
    }
    if (key.attachment() instanceof NioLink link) {
      link.fire(key.readyOps());
    } else if (key.attachment() instanceof NioListener listener) {
      listener.fire();
    }
  }

  @Override
  public void wake() {
    selector.wakeup();
  }

  @Override
  public void close() {
    try {
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
