package dev.ferrule;

/**
 * Called when a socket's stream has bytes to read.
 *
 * @param <S> the kind of socket
 */
@FunctionalInterface
public interface StreamCallback<S extends TcpSocket> {
  /** Bytes arrived, and wait in {@code stream} until they are read. */
  void ready(S socket, AsyncStream stream);
}
