package dev.ferrule;

import java.nio.ByteBuffer;

/** The reading side of a stream. cl-async: {@code async-input-stream}. */
public interface AsyncInput {
  /**
   * Reads the bytes that have arrived, as many as fit; never blocks.
   *
   * @return the number of bytes, 0 when none have arrived
   */
  int read(ByteBuffer destination);

  /**
   * Copies the bytes that have arrived, as many as fit, and leaves them to be read; never blocks. A
   * program finds the end of a message with it, for example.
   *
   * @return the number of bytes, 0 when none have arrived
   */
  int peek(ByteBuffer destination);

  /** The number of bytes that can be read. */
  long available();

  /** Whether all has been read and nothing more will arrive. */
  boolean atEnd();
}
