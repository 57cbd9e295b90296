package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/** Another socket listens on the address. cl-async: {@code socket-address-in-use}. */
public final class AddressInUse extends TcpBindError {
  private static final long serialVersionUID = 1L;

  /** An error whose message names the address. */
  public AddressInUse(String message, @Nullable Throwable cause) {
    super("EADDRINUSE", message, cause);
  }
}
