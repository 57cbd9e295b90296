package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/**
 * An error of a TCP socket or server. The socket is closed when an event callback receives it.
 *
 * <p>cl-async: {@code tcp-error}.
 */
public non-sealed class TcpError extends EventError {
  private static final long serialVersionUID = 1L;

  /** An error with a code for logs, a sentence, and the socket or server that it is about. */
  public TcpError(
      String code, String message, @Nullable Endpoint endpoint, @Nullable Throwable cause) {
    super(code, message, endpoint, cause, false);
  }

  /** For {@link SocketClosed}, which is thrown by a call and so has a stack trace. */
  TcpError(String code, String message, @Nullable Endpoint endpoint, boolean stackTrace) {
    super(code, message, endpoint, null, stackTrace);
  }
}
