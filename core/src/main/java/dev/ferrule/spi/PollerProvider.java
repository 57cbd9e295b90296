package dev.ferrule.spi;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes pollers of one kind; found with {@link java.util.ServiceLoader}. */
public interface PollerProvider {
  /** The name that programs choose it by, such as {@code nio}. */
  String name();

  /** The best available provider is the default: the higher, the better. java.nio is 0. */
  int rank();

  /** The system interface or library that it uses, and its version, for people. */
  String version();

  /** Why it cannot be used here, in one sentence; null when it can. */
  @Nullable String unavailable();

  /**
   * Whether a wait parks a virtual thread. A poller that blocks the carrier thread instead is not
   * the default on virtual threads.
   */
  default boolean parks() {
    return false;
  }

  /** A new poller, for the loop that the calling thread is about to run. */
  Poller open() throws IOException;
}
