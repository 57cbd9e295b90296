package dev.ferrule.event;

import dev.ferrule.access.EventSubject;
import org.jspecify.annotations.Nullable;

/**
 * An event that is an error: an exception as well, so that it can be thrown or passed on. It has no
 * stack trace, because its cause is the network and not a line of code.
 *
 * <p>cl-async: {@code event-error}, with its code and message.
 */
public abstract sealed class EventError extends RuntimeException implements Event
    permits TcpError, DnsError, CallbackError {
  private static final long serialVersionUID = 1L;

  static {
    EventSubject.setter((error, subject) -> {
      if (error.endpoint == null) {
        error.endpoint = subject;
      }
    });
  }

  private final String code;
  private transient volatile @Nullable Endpoint endpoint;

  /** For the classes of this family: a short stable code for logs, and a sentence. */
  protected EventError(String code, String message, @Nullable Throwable cause) {
    this(code, message, null, cause, false);
  }

  /**
   * As above, about {@code endpoint}; {@code stackTrace} is for errors that are thrown because of a
   * mistake of the caller.
   */
  protected EventError(
      String code,
      String message,
      @Nullable Endpoint endpoint,
      @Nullable Throwable cause,
      boolean stackTrace) {
    super(message, cause, false, stackTrace);
    this.code = code;
    this.endpoint = endpoint;
  }

  @Override
  public @Nullable Endpoint socket() {
    return endpoint;
  }

  /** A short code for logs, such as {@code ECONNREFUSED}; stable between versions. */
  public String code() {
    return code;
  }

  @Override
  public String message() {
    return String.valueOf(getMessage());
  }
}
