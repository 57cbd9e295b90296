package dev.ferrule.spi;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes pollers of one kind; found with {@link java.util.ServiceLoader}. */
public interface PollerProvider {
  /** The name to ask for it by, such as {@code nio}. */
  String name();

  /** The best available provider is the default: the higher, the better. java.nio is 0. */
  int rank();

  /** What it stands on, for the operator. */
  String version();

  /** Why it cannot be used here, in one sentence; null when it can. */
  @Nullable String unavailable();

  /**
   * Whether a wait parks a virtual thread. One that does not would hold the carrier for ever, so it
   * is no default there.
   */
  default boolean parks() {
    return false;
  }

  /** A new poller, for the loop that the calling thread is about to run. */
  Poller open() throws IOException;
}
