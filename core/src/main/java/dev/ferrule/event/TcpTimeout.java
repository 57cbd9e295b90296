package dev.ferrule.event;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A time limit passed; the socket was closed at once. cl-async: {@code tcp-timeout}. */
public final class TcpTimeout extends TcpError {
  private static final long serialVersionUID = 1L;

  /** The kinds of time limits. */
  public enum Limit {
    /** Name resolution and connecting. */
    CONNECT,
    /** The SSL handshake as a whole, and before it the talk with proxies. */
    HANDSHAKE,
    /** That of the handshake, when it was a proxy that did not answer. */
    PROXY,
    /** Nothing was received. */
    READ,
    /** Bytes waited to be sent and the peer took none. */
    WRITE,
    /** The peer did not answer close_notify, so that the socket could be unwrapped. */
    CLOSE
  }

  private final Limit limit;

  /** An error about a limit and its duration. */
  public TcpTimeout(Limit limit, Duration after, @Nullable Endpoint endpoint) {
    this(limit, after, "", endpoint);
  }

  /** As above, with what is known beside, as part of the sentence; empty for nothing. */
  public TcpTimeout(Limit limit, Duration after, String detail, @Nullable Endpoint endpoint) {
    super(
        "ETIMEDOUT",
        sentence(limit, after) + (detail.isEmpty() ? "" : ": " + detail),
        endpoint,
        null);
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
      case PROXY -> "a proxy did not answer within " + seconds;
      case READ -> "nothing was received for " + seconds;
      case WRITE -> "the peer took nothing of what was queued for " + seconds;
      case CLOSE ->
          "the peer did not end SSL within "
              + seconds
              + " after this side had, so the socket was not unwrapped (does its protocol go back to"
              + " plain text here?)";
    };
  }
}
