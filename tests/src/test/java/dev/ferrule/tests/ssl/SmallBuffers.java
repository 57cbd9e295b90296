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
  private final int send;
  private final int receive;

  private SmallBuffers(Poller real, int send, int receive) {
    super(real);
    this.send = send;
    this.receive = receive;
  }

  /** A poller with so many bytes for each connection. */
  static PollerProvider of(PollerProvider real, int send, int receive) {
    return ForwardingPoller.provider(real, poller -> new SmallBuffers(poller, send, receive));
  }

  private Link small(Link link) throws IOException {
    if (!NioBuffers.set(link, send, receive) && !EpollBuffers.set(link, send, receive)) {
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
