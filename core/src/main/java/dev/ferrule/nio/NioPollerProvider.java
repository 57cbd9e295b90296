package dev.ferrule.nio;

import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import java.io.IOException;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/** The poller that every JDK has. */
public final class NioPollerProvider implements PollerProvider {
  /** For {@link java.util.ServiceLoader}. */
  public NioPollerProvider() {}

  @Override
  public String name() {
    return "nio";
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public String version() {
    return "java.nio of Java " + Runtime.version();
  }

  @Override
  public @Nullable String unavailable() {
    return null;
  }

  @Override
  public boolean parks() {
    return true;
  }

  @Override
  public Poller open() throws IOException {
    return new NioPoller(Selector.open());
  }
}
