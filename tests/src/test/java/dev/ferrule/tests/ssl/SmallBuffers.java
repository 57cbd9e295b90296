package dev.ferrule.tests.ssl;

import dev.ferrule.epoll.EpollBuffers;
import dev.ferrule.nio.NioBuffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.ForwardingListener;
import dev.ferrule.testkit.ForwardingPoller;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A poller whose connections have small kernel buffers on both ends. */
final class SmallBuffers extends ForwardingPoller {
  private static final int BYTES = 4 * 1024;

  private SmallBuffers(Poller real) {
    super(real);
  }

  static PollerProvider of(PollerProvider real) {
    return ForwardingPoller.provider(real, SmallBuffers::new);
  }

  private static Link small(Link link) throws IOException {
    if (!NioBuffers.set(link, BYTES) && !EpollBuffers.set(link, BYTES)) {
      throw new AssertionError("say how a " + link.getClass() + " gets small buffers");
    }
    return link;
  }

  @Override
  public Link connect(SocketAddress remote) throws IOException {
    return small(super.connect(remote));
  }

  @Override
  public Listener listen(SocketAddress local, int backlog) throws IOException {
    return new ForwardingListener(super.listen(local, backlog)) {
      @Override
      public @Nullable Link accept() throws IOException {
        Link link = super.accept();
        return link == null ? null : small(link);
      }
    };
  }
}
