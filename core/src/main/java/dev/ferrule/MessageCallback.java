package dev.ferrule;

import java.nio.ByteBuffer;

/**
 * Receives the messages of a socket, see {@link Framing#messages}.
 *
 * @param <S> the kind of socket
 */
@FunctionalInterface
public interface MessageCallback<S extends TcpSocket> {
  /**
   * A whole message arrived, without its prefix or line end. {@code message} is valid during this
   * call only: it may be a part of the loop's buffer. Copy what is needed later.
   */
  void message(S socket, ByteBuffer message);
}
