package dev.ferrule.spi;

import java.nio.ByteBuffer;

/** The kind of memory of the buffers that a wire gets from the loop. */
public enum Memory {
  /** Arrays: the JDK's ciphers are 2.6 times faster on them than on direct buffers. */
  HEAP,
  /** Outside the heap, at an address: for native providers and for plain TCP over java.nio. */
  NATIVE;

  /** A new buffer of this kind. */
  public ByteBuffer allocate(int bytes) {
    return this == HEAP ? ByteBuffer.allocate(bytes) : ByteBuffer.allocateDirect(bytes);
  }
}
