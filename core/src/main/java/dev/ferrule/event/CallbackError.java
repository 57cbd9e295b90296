package dev.ferrule.event;

/**
 * A callback of the program threw. It is passed to the event callback of the socket or server when
 * the loop catches callback errors; otherwise the original exception leaves the loop. cl-async:
 * {@code catch-app-errors}.
 */
public final class CallbackError extends EventError {
  private static final long serialVersionUID = 1L;

  /** Wraps the exception of the callback, which is {@link #getCause()}. */
  public CallbackError(Throwable thrown) {
    super("ECALLBACK", "a callback threw " + thrown, thrown);
  }
}
