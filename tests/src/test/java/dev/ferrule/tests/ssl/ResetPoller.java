package dev.ferrule.tests.ssl;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.ForwardingLink;
import dev.ferrule.testkit.ForwardingPoller;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * A poller whose connected link a test breaks, as Linux shows it to a program that writes before it
 * reads: the write finds the reset, and takes its error away; reads then give what came before it,
 * and an end. From then on the link is ready in every poll.
 */
final class ResetPoller extends ForwardingPoller {
  private ResetLink link;

  private ResetPoller(Poller real) {
    super(real);
  }

  static PollerProvider over(PollerProvider real, ResetPoller[] made) {
    return provider(
        real,
        poller -> {
          made[0] = new ResetPoller(poller);
          return made[0];
        });
  }

  /** The peer has reset the connection, and no call has found that yet. */
  void reset() {
    link.reset = true;
  }

  @Override
  public Link connect(SocketAddress remote) throws IOException {
    link = new ResetLink(super.connect(remote));
    return link;
  }

  @Override
  public void poll(long nanos) throws IOException {
    boolean due = link != null && link.reset && link.interest != 0;
    super.poll(due ? 0 : nanos);
    if (due && link.interest != 0) {
      link.ready.ready(link.interest);
    }
  }

  private static final class ResetLink extends ForwardingLink {
    private Ready ready;
    private int interest;
    private boolean reset;

    ResetLink(Link real) {
      super(real);
    }

    @Override
    public void attach(Ready hears) {
      ready = hears;
      super.attach(ops -> {
        if (!reset) {
          hears.ready(ops);
        }
      });
    }

    @Override
    public void interest(int ops) {
      interest = ops;
      super.interest(ops);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      if (reset) {
        throw new LinkException(LinkException.Kind.RESET, "the connection was reset", null);
      }
      return super.write(source);
    }

    @Override
    public void shutdownOutput() throws IOException {
      if (!reset) {
        super.shutdownOutput();
      }
    }

    @Override
    public int read(ByteBuffer destination) throws IOException {
      int n = super.read(destination);
      return n == 0 && reset && destination.hasRemaining() ? -1 : n;
    }

    @Override
    public void close() {
      interest = 0;
      super.close();
    }

    @Override
    public void abort() {
      interest = 0;
      super.abort();
    }
  }
}
