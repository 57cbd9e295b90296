package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/** The connection was refused: no socket listens on the address. cl-async: {@code tcp-refused}. */
public final class TcpRefused extends TcpError {
  private static final long serialVersionUID = 1L;

  /** An error about {@code endpoint}. */
  public TcpRefused(String message, @Nullable Endpoint endpoint, @Nullable Throwable cause) {
    super("ECONNREFUSED", message, endpoint, cause);
  }
}
