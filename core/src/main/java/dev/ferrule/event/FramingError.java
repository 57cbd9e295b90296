package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/**
 * What the peer sent is no message of the framing that this side reads by, or it ended inside one.
 * Where callbacks or a stream read the messages, the socket fails by it; blocking readers get it as
 * the cause of an {@link java.io.IOException}. It never holds what was received.
 */
public final class FramingError extends TcpError {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Kind {
    /** A message is longer than the maximum. */
    TOO_LONG,
    /** A length prefix of four bytes has its top bit set: read as signed, it is negative. */
    NEGATIVE,
    /** The peer ended its side, cleanly, in the middle of a message. */
    INCOMPLETE
  }

  private final Kind kind;

  /** An error about a message, and the socket if it is known. */
  public FramingError(Kind kind, String message, @Nullable Endpoint endpoint) {
    super("EFRAMING", message, endpoint, null);
    this.kind = kind;
  }

  /** What is wrong. */
  public Kind kind() {
    return kind;
  }
}
