package dev.ferrule.epoll;

import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Provides the epoll poller. Where that is not available, it gives the reason and loads nothing
 * native.
 */
public final class EpollPollerProvider implements PollerProvider {
  private final Platform platform;

  /** For {@link java.util.ServiceLoader}. */
  public EpollPollerProvider() {
    this(Platform.current());
  }

  EpollPollerProvider(Platform platform) {
    this.platform = platform;
  }

  @Override
  public String name() {
    return "epoll";
  }

  @Override
  public int rank() {
    return 10;
  }

  @Override
  public String version() {
    return "epoll of " + platform.text();
  }

  @Override
  public @Nullable String unavailable() {
    return platform.unavailable();
  }

  @Override
  public Poller open() throws IOException {
    return new EpollPoller();
  }
}
