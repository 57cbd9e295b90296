package dev.ferrule.spi;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A failure of a link, a listener or a poller. It has a kind, so that no text has to be parsed. */
public final class LinkException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The kinds of failures that the loop distinguishes. */
  public enum Kind {
    /** ECONNREFUSED, and ENOENT for a Unix-domain socket. */
    REFUSED,
    /** ECONNRESET, EPIPE. */
    RESET,
    /** ETIMEDOUT of the system. */
    TIMED_OUT,
    /** EADDRINUSE. */
    ADDRESS_IN_USE,
    /** Anything else, such as ENETUNREACH or EMFILE; see the message. */
    OTHER
  }

  private final Kind kind;

  /** A failure of a kind; {@code message} is the system's text. */
  public LinkException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** The kind of failure. */
  public Kind kind() {
    return kind;
  }
}
