package dev.ferrule;

import java.nio.ByteBuffer;

/**
 * Takes what a socket received.
 *
 * @param <S> the kind of socket
 */
@FunctionalInterface
public interface ReadCallback<S extends TcpSocket> {
  /**
   * Bytes arrived. {@code data} is lent for this call only, for all sockets of the loop share it;
   * what is to be kept must be copied. Bytes that are not consumed are gone after the call.
   */
  void read(S socket, ByteBuffer data);
}
