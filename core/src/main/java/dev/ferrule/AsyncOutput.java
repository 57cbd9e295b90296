package dev.ferrule;

import java.nio.ByteBuffer;

/** The writing side of a stream. cl-async: {@code async-output-stream}. */
public interface AsyncOutput {
  /** Writes as {@link TcpSocket#write(ByteBuffer)} does. */
  boolean write(ByteBuffer data);

  /** Writes as {@link TcpSocket#write(byte[], int, int)} does. */
  boolean write(byte[] data, int offset, int length);

  /** Writes as {@link TcpSocket#write(String)} does. */
  boolean write(String text);
}
