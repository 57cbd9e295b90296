package dev.ferrule.testkit;

import dev.ferrule.LoopSetup;
import dev.ferrule.loop.LoopSettings;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A clock that a test sets. A loop made with {@link #setup} reads it. Where that loop would wait
 * for its next timer, the clock is moved to the time of that timer, once nothing has been ready for
 * {@link #QUIET} of real time.
 *
 * <p>It starts a few seconds before {@link Long#MAX_VALUE}, so that comparisons that do not allow
 * for overflow fail. Any thread may use it.
 */
public final class ManualClock implements LongSupplier {
  /** How long nothing must be ready before the clock is moved. */
  public static final Duration QUIET = Duration.ofMillis(10);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);

  /** A clock that stands still. */
  public ManualClock() {}

  @Override
  public long getAsLong() {
    return nanos.get();
  }

  /** Moves the clock. A loop that waits already is not woken. */
  public void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** The time since {@code earlier}, a result of {@link #getAsLong}. */
  public Duration since(long earlier) {
    return Duration.ofNanos(nanos.get() - earlier);
  }

  /** The settings of a loop on this clock, with the default poller. */
  public LoopSetup setup() {
    return setup(provider -> provider);
  }

  /** As {@link #setup()}, with the poller that {@code wrap} returns. */
  public LoopSetup setup(UnaryOperator<PollerProvider> wrap) {
    LoopSettings settings = new LoopSettings();
    settings.clock = this;
    return new LoopSetup(settings).poller(wrap.apply(jumping(Pollers.chosen(settings))));
  }

  /** Pollers of {@code real} that move this clock instead of waiting for timers. */
  public PollerProvider jumping(PollerProvider real) {
    return ForwardingPoller.provider(real, Jumping::new);
  }

  private final class Jumping extends ForwardingPoller {
    private volatile boolean busy; // a link was ready, or another thread woke the poller

    Jumping(Poller real) {
      super(real);
    }

    @Override
    public Link connect(SocketAddress remote) throws IOException {
      return new SeenLink(super.connect(remote));
    }

    @Override
    public Link connect(SocketAddress remote, SocketOptions options) throws IOException {
      return options.isEmpty() ? connect(remote) : new SeenLink(super.connect(remote, options));
    }

    @Override
    public Listener listen(SocketAddress local, int backlog) throws IOException {
      return new SeenListener(super.listen(local, backlog));
    }

    @Override
    public Listener listen(SocketAddress local, int backlog, SocketOptions options)
        throws IOException {
      return options.isEmpty()
          ? listen(local, backlog)
          : new SeenListener(super.listen(local, backlog, options));
    }

    @Override
    public Listener listenShared(SocketAddress local, int backlog) throws IOException {
      return new SeenListener(super.listenShared(local, backlog));
    }

    @Override
    public void poll(long wait) throws IOException {
      if (wait <= 0) {
        super.poll(wait);
        return;
      }
      busy = false;
      super.poll(QUIET.toNanos());
      if (!busy) {
        nanos.addAndGet(wait);
      }
    }

    @Override
    public void wake() {
      busy = true;
      super.wake();
    }

    private final class SeenLink extends ForwardingLink {
      SeenLink(Link real) {
        super(real);
      }

      @Override
      public void attach(Ready ready) {
        super.attach(ops -> {
          busy = true;
          ready.ready(ops);
        });
      }
    }

    private final class SeenListener extends ForwardingListener {
      SeenListener(Listener real) {
        super(real);
      }

      @Override
      public void attach(Link.Ready ready) {
        super.attach(ops -> {
          busy = true;
          ready.ready(ops);
        });
      }

      @Override
      public @Nullable Link accept() throws IOException {
        Link link = super.accept();
        return link == null ? null : new SeenLink(link);
      }

      @Override
      public @Nullable Link acceptFor(Poller home) throws IOException {
        Link link = super.acceptFor(home);
        return link == null || !(home instanceof Jumping other) ? link : other.new SeenLink(link);
      }
    }
  }
}
