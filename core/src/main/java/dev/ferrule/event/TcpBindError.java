package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/** A server could not listen; thrown by the call. cl-async: {@code tcp-server-bind-error}. */
public sealed class TcpBindError extends TcpError permits AddressInUse {
  private static final long serialVersionUID = 1L;

  /** An error whose message has the address and the reason. */
  public TcpBindError(String message, @Nullable Throwable cause) {
    super("EBIND", message, null, cause);
  }

  TcpBindError(String code, String message, @Nullable Throwable cause) {
    super(code, message, null, cause);
  }
}
