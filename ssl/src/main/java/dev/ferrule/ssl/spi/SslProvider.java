package dev.ferrule.ssl.spi;

import dev.ferrule.ssl.SslSettings;
import org.jspecify.annotations.Nullable;

/** An implementation of SSL; found with {@link java.util.ServiceLoader}. */
public interface SslProvider {
  /** The name to ask for it by, such as {@code jdk}. */
  String name();

  /** The best available provider is the default: the higher, the better. The JDK's is 0. */
  int rank();

  /** What it stands on, for the operator. */
  String version();

  /** Why it cannot be used here, in one sentence; null when it can. */
  @Nullable String unavailable();

  /**
   * Makes wires with these settings.
   *
   * @throws dev.ferrule.ssl.SslConfigException when it cannot honour one of them
   */
  WireFactory open(SslSettings settings);

  /**
   * Makes wires with a context that was made outside, whose settings then count.
   *
   * @throws dev.ferrule.ssl.SslConfigException when it is not of a kind that this provider takes
   */
  WireFactory adopt(Object context, boolean server);
}
