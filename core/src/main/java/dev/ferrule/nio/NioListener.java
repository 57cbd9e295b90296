package dev.ferrule.nio;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import org.jspecify.annotations.Nullable;

/** A {@link Listener} on a java.nio channel. */
final class NioListener implements Listener {
  private final ServerSocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final SocketAddress local;
  private final SocketOptions options;
  private Link.Ready ready = ops -> {};

  NioListener(ServerSocketChannel channel, Selector selector, SocketOptions options)
      throws IOException {
    this.channel = channel;
    this.selector = selector;
    this.local = channel.getLocalAddress();
    this.options = options;
    this.key = channel.register(selector, 0, this);
  }

  void fire() {
    ready.ready(Link.READ);
  }

  @Override
  public void attach(Link.Ready listener) {
    ready = listener;
  }

  @Override
  public void interest(int ops) {
    if (key.isValid()) {
      key.interestOps(ops == 0 ? 0 : SelectionKey.OP_ACCEPT);
    }
  }

  @Override
  public @Nullable Link accept() throws IOException {
    return accept(selector);
  }

  @Override
  public @Nullable Link acceptFor(Poller home) throws IOException {
    if (!(home instanceof NioPoller poller)) {
      throw new IllegalArgumentException("not a poller of this kind: " + home);
    }
    return accept(poller.selector());
  }

  private @Nullable Link accept(Selector home) throws IOException {
    try {
      SocketChannel accepted = channel.accept();
      return accepted == null ? null : link(accepted, home);
    } catch (IOException e) {
      throw NioFailure.of(e);
    } catch (InvalidPathException e) {
      // A client may bind a name that is no path here: it alone is turned away.
      throw new LinkException(LinkException.Kind.RESET, "a client's path cannot be read", e);
    }
  }

  private Link link(SocketChannel accepted, Selector home) throws IOException {
    try {
      accepted.configureBlocking(false);
      NioOptions.afterAccept(accepted, options);
      return new NioLink(accepted, home, accepted.getRemoteAddress());
    } catch (IOException e) {
      accepted.close();
      throw e;
    }
  }

  @Override
  public SocketAddress localAddress() {
    return local;
  }

  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.close();
      selector.selectNow(key -> {}); // only this frees the descriptor, and so the address
      selector.wakeup(); // that may have taken a wake which was meant for the next wait
      if (local instanceof UnixDomainSocketAddress unix) {
        Files.deleteIfExists(unix.getPath());
      }
    } catch (IOException e) {
      // Listening has ended all the same, and there is nobody left to tell.
      return;
    }
  }
}
