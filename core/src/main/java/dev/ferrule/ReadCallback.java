package dev.ferrule;

import java.nio.ByteBuffer;

/**
 * Receives the bytes of a socket.
 *
 * @param <S> the kind of socket
 */
@FunctionalInterface
public interface ReadCallback<S extends TcpSocket> {
  /**
   * Bytes arrived. {@code data} is valid during this call only, because all sockets of the loop
   * share it; copy what is needed later. Bytes that are not consumed are lost after the call.
   */
  void read(S socket, ByteBuffer data);
}
