package dev.ferrule.nio;

import dev.ferrule.spi.Listener;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.spi.SocketOptions;
import dev.ferrule.testkit.ForwardingPoller;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/**
 * The poller of java.nio with SO_REUSEPORT, which Linux alone spreads connections by: for tests of
 * what is above it. It lives in this package to make listeners of its kind.
 */
public final class SharingPoller extends ForwardingPoller {
  private final NioPoller nio;

  private SharingPoller(NioPoller nio) {
    super(nio);
    this.nio = nio;
  }

  public static PollerProvider provider() {
    return ForwardingPoller.provider(
        new NioPollerProvider(), poller -> new SharingPoller((NioPoller) poller));
  }

  public static boolean works() {
    return System.getProperty("os.name").equals("Linux");
  }

  @Override
  public boolean sharesAddresses() {
    return true;
  }

  @Override
  public Listener listenShared(SocketAddress local, int backlog) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      channel.bind(local, backlog > 0 ? backlog : BACKLOG);
      return new NioListener(channel, nio.selector(), SocketOptions.NONE);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw NioFailure.of(e);
    }
  }
}
