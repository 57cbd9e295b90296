package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/**
 * An error of a TCP socket or server. When an event callback hears of it, the socket is closed
 * already.
 *
 * <p>cl-async: {@code tcp-error}.
 */
public non-sealed class TcpError extends EventError {
  private static final long serialVersionUID = 1L;

  /** An error with a code for the log, a sentence, and the socket or server it happened to. */
  public TcpError(
      String code, String message, @Nullable Endpoint endpoint, @Nullable Throwable cause) {
    super(code, message, endpoint, cause, false);
  }

  /** For {@link SocketClosed}, which is thrown at the caller and so keeps its stack trace. */
  TcpError(String code, String message, @Nullable Endpoint endpoint, boolean stackTrace) {
    super(code, message, endpoint, null, stackTrace);
  }
}
