package dev.ferrule.event;

/**
 * A callback of the program threw. It reaches the event callback of the operation when the loop
 * catches application errors; otherwise what was thrown leaves the loop as it is. cl-async: {@code
 * catch-app-errors}.
 */
public final class CallbackError extends EventError {
  private static final long serialVersionUID = 1L;

  /** Wraps what the callback threw; {@link #getCause()} has it. */
  public CallbackError(Throwable thrown) {
    super("ECALLBACK", "a callback threw " + thrown, thrown);
  }
}
