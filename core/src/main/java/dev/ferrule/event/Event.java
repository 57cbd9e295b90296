package dev.ferrule.event;

/**
 * What an event callback hears: information ({@link TcpEof}) or an error ({@link EventError}).
 *
 * <p>cl-async: {@code event-info}. Events are immutable and may be kept and read from any thread.
 */
public sealed interface Event permits TcpEof, EventError {
  /** One sentence that says what happened. */
  String message();
}
