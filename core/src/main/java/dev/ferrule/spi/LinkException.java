package dev.ferrule.spi;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How a link, a listener or a poller failed, told by kind so that no text has to be parsed. */
public final class LinkException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, as far as the loop acts on it. */
  public enum Kind {
    /** ECONNREFUSED, and ENOENT for a Unix-domain socket. */
    REFUSED,
    /** ECONNRESET, EPIPE. */
    RESET,
    /** ETIMEDOUT of the system. */
    TIMED_OUT,
    /** EADDRINUSE. */
    ADDRESS_IN_USE,
    /** Anything else, such as ENETUNREACH or EMFILE; the message tells. */
    OTHER
  }

  private final Kind kind;

  /** A failure of a kind; {@code message} is the system's word for it. */
  public LinkException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** The kind of failure. */
  public Kind kind() {
    return kind;
  }
}
