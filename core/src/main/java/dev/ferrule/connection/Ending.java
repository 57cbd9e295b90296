package dev.ferrule.connection;

import dev.ferrule.event.EventError;
import org.jspecify.annotations.Nullable;

/**
 * Hears how a connection ends, beside the program's callbacks: a future, or the streams of another
 * thread. On the loop's thread.
 */
public interface Ending {
  /** Whether it tells the program of a failure, which then needs no event callback. */
  boolean hears();

  /**
   * It has been closed and released; {@code failure} is what ended it, null when nothing failed.
   */
  void ended(@Nullable EventError failure);

  /** Its loop has ended before it. */
  void loopEnded();
}
