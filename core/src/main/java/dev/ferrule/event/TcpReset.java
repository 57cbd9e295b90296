package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/** The connection was reset. cl-async: {@code tcp-reset}. */
public final class TcpReset extends TcpError {
  private static final long serialVersionUID = 1L;

  /** An error about {@code endpoint}. */
  public TcpReset(String message, @Nullable Endpoint endpoint, @Nullable Throwable cause) {
    super("ECONNRESET", message, endpoint, cause);
  }
}
