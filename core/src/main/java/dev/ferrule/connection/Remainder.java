package dev.ferrule.connection;

import dev.ferrule.event.EventError;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a message, which its reader keeps until the rest comes. On the loop's thread.
 */
public interface Remainder {
  /** Gives up what it keeps, for another reader; it keeps nothing from then on. */
  ByteBuffer giveUp();

  /** What is wrong when the peer ends here; null when nothing is. */
  @Nullable EventError atEnd();
}
