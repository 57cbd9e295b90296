package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/**
 * A server could not accept a connection; it pauses and tries again. cl-async: {@code
 * tcp-accept-error}.
 */
public final class TcpAcceptError extends TcpError {
  private static final long serialVersionUID = 1L;

  /** An error about {@code endpoint}. */
  public TcpAcceptError(String message, @Nullable Endpoint endpoint, @Nullable Throwable cause) {
    super("EACCEPT", message, endpoint, cause);
  }
}
