package dev.ferrule;

import java.nio.ByteBuffer;

/** The reading side of a stream. cl-async: {@code async-input-stream}. */
public interface AsyncInput {
  /**
   * Reads what is there, as much as fits; never blocks.
   *
   * @return the number of bytes, 0 when nothing is there
   */
  int read(ByteBuffer destination);

  /**
   * Copies what is there, from the first byte on, as much as fits, and leaves it to be read; never
   * blocks. To look for the end of a message, say.
   *
   * @return the number of bytes, 0 when nothing is there
   */
  int peek(ByteBuffer destination);

  /** Bytes that wait to be read. */
  long available();

  /** Whether nothing is there and nothing more will come. */
  boolean atEnd();
}
