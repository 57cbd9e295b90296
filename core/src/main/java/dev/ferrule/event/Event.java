package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/**
 * What an event callback receives: information ({@link TcpEof}, {@link UnreadLimit}, {@link
 * Notice}) or an error ({@link EventError}).
 *
 * <p>cl-async: {@code event-info}. Events are immutable and may be kept and read from any thread.
 */
public sealed interface Event permits TcpEof, UnreadLimit, Notice, EventError {
  /** The socket or server that it is about; null when there is none, as for a lookup. */
  @Nullable Endpoint socket();

  /** One sentence that says what happened. */
  String message();
}
