package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a call on a socket that is closed, such as a write after {@code close}. cl-async:
 * {@code socket-closed}.
 */
public final class SocketClosed extends TcpError {
  private static final long serialVersionUID = 1L;

  /** An error about a call on a closed socket. */
  public SocketClosed(String message, @Nullable Endpoint endpoint) {
    super("ECLOSED", message, endpoint, true);
  }
}
