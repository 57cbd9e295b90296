package dev.ferrule.event;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A time limit passed; the socket was closed at once. cl-async: {@code tcp-timeout}. */
public final class TcpTimeout extends TcpError {
  private static final long serialVersionUID = 1L;

  /** What took too long. */
  public enum Limit {
    /** Name resolution and connecting. */
    CONNECT,
    /** The SSL handshake as a whole. */
    HANDSHAKE,
    /** Nothing came in. */
    READ,
    /** There was something to send and the peer took nothing. */
    WRITE
  }

  private final Limit limit;

  /** Says which limit passed, and how long it was. */
  public TcpTimeout(Limit limit, Duration after, @Nullable Endpoint endpoint) {
    super("ETIMEDOUT", sentence(limit, after), endpoint, null);
    this.limit = limit;
  }

  /** The limit that passed. */
  public Limit limit() {
    return limit;
  }

  private static String sentence(Limit limit, Duration after) {
    String seconds = (after.toMillis() / 1000.0) + " s";
    return switch (limit) {
      case CONNECT -> "no connection within " + seconds + " (host down, or packets dropped)";
      case HANDSHAKE ->
          "the SSL handshake was not done within "
              + seconds
              + " (does the peer speak SSL on this port?)";
      case READ -> "nothing was received for " + seconds;
      case WRITE -> "the peer took nothing of what was queued for " + seconds;
    };
  }
}
