package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/** Somebody listens on that address already. cl-async: {@code socket-address-in-use}. */
public final class AddressInUse extends TcpBindError {
  private static final long serialVersionUID = 1L;

  /** Says which address. */
  public AddressInUse(String message, @Nullable Throwable cause) {
    super("EADDRINUSE", message, cause);
  }
}
