package dev.ferrule.nio;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.FileRange;
import dev.ferrule.spi.Link;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A {@link Link} on a java.nio channel. */
final class NioLink implements Link {
  /** The JDK copies all of an array before it writes, however little the system then takes. */
  private static final int MOST_COPIED = Buffers.OUTPUT;

  private final SocketChannel channel;
  private final Selector selector;
  private final SocketAddress remote;
  private @Nullable SelectionKey key; // once it is watched, and so on its own loop's thread
  private Ready ready = ops -> {};
  private boolean connected;

  NioLink(SocketChannel channel, Selector selector, SocketAddress remote) {
    this.channel = channel;
    this.selector = selector;
    this.remote = remote;
    this.connected = channel.isConnected();
  }

  void fire(int nioOps) {
    int ops = (nioOps & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0 ? READ : 0;
    if ((nioOps & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
      ops |= WRITE;
    }
    ready.ready(ops);
  }

  @Override
  public void attach(Ready listener) {
    ready = listener;
  }

  @Override
  public void interest(int ops) {
    int nio = (ops & READ) != 0 ? SelectionKey.OP_READ : 0;
    if ((ops & WRITE) != 0) {
      nio |= connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT;
    }
    SelectionKey registered = key;
    if (registered != null) {
      if (registered.isValid()) {
        registered.interestOps(nio);
      }
    } else if (nio != 0) {
      register(nio);
    }
  }

  private void register(int nio) {
    try {
      key = channel.register(selector, nio, this);
    } catch (ClosedChannelException e) {
      return; // nothing to watch any more
    }
  }

  @Override
  public boolean finishConnect() throws IOException {
    try {
      connected = connected || channel.finishConnect();
      return connected;
    } catch (IOException e) {
      throw NioFailure.of(e);
    }
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    try {
      return channel.read(destination);
    } catch (IOException e) {
      throw NioFailure.of(e);
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int limit = source.limit();
    if (!source.isDirect() && source.remaining() > MOST_COPIED) {
      source.limit(source.position() + MOST_COPIED);
    }
    try {
      return channel.write(source);
    } catch (IOException e) {
      throw NioFailure.of(e);
    } finally {
      source.limit(limit);
    }
  }

  /** Where the system has sendfile(2), the JDK uses it; else it copies. */
  @Override
  public int sendFile(FileRange file, int most) throws IOException {
    try {
      return (int) file.channel().transferTo(file.position(), most, channel);
    } catch (IOException e) {
      throw NioFailure.of(e);
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      throw NioFailure.of(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is gone all the same, and there is nobody left to tell.
      return;
    }
  }

  @Override
  public void abort() {
    try {
      if (!(remote instanceof UnixDomainSocketAddress)) {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
    } catch (IOException e) {
      // Not connected any more: close tells the peer nothing either way.
      close();
      return;
    }
    close();
  }

  @Override
  public void noDelay(boolean disabled) throws IOException {
    if (!(remote instanceof UnixDomainSocketAddress)) {
      try {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, disabled);
      } catch (IOException e) {
        throw NioFailure.of(e);
      }
    }
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    try {
      return channel.isOpen() ? channel.getLocalAddress() : null;
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return remote;
  }
}
