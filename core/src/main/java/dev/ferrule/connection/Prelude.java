package dev.ferrule.connection;

import dev.ferrule.event.TcpError;
import java.nio.ByteBuffer;

/**
 * What is agreed on before a connection's own wire begins, such as with a proxy: one for each
 * connection. It says how many bytes of the answer it takes next, so that nothing is read of what
 * follows. On the loop's thread.
 */
interface Prelude {
  /** What is said first; empty for nothing. */
  byte[] begin();

  /** How many bytes are to be read next, at most; 0 when all is agreed on. */
  int wants();

  /**
   * Takes from 1 to {@link #wants} bytes, and returns what is to be said next; empty for nothing.
   *
   * @throws TcpError when it cannot go on
   */
  byte[] hear(ByteBuffer bytes);

  /** Whether it ends with an answer, behind which a peer that speaks SSL has nothing to say. */
  default boolean answers() {
    return true;
  }

  /** Whom it is with, for the sentences of errors. */
  String whom();
}
