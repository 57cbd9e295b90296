package dev.ferrule.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host has several addresses, all of them failed, and not all in the same way; {@link #errors}
 * has what became of each. Where there is one address, or all failed alike, the error is that of
 * the address itself, such as {@link TcpRefused}. cl-async has nothing like it.
 */
public final class TcpConnectError extends TcpError {
  private static final long serialVersionUID = 1L;

  private final EventError[] errors;

  /** An error with the sentence about all addresses, and what became of each, the first first. */
  public TcpConnectError(
      String message, List<? extends EventError> errors, @Nullable Endpoint endpoint) {
    super("ECONNECT", message, endpoint, errors.isEmpty() ? null : errors.getFirst());
    this.errors = errors.toArray(EventError[]::new);
  }

  /** What became of each address that was tried, in the order in which they failed. */
  public List<EventError> errors() {
    return List.of(errors);
  }
}
