package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/**
 * A server could not take a connection; it pauses and tries again. cl-async: {@code
 * tcp-accept-error}.
 */
public final class TcpAcceptError extends TcpError {
  private static final long serialVersionUID = 1L;

  /** Says what happened to {@code endpoint}. */
  public TcpAcceptError(String message, @Nullable Endpoint endpoint, @Nullable Throwable cause) {
    super("EACCEPT", message, endpoint, cause);
  }
}
