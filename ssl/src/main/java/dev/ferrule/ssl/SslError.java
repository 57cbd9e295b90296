package dev.ferrule.ssl;

import dev.ferrule.event.TcpError;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * SSL failed: in the handshake, in a record, or at the end. The message is one sentence that says
 * what happened and what to check; side, stage and alert are for logs and for programs that treat
 * them differently. cl-async: {@code tcp-ssl-error}.
 */
public class SslError extends TcpError {
  private static final long serialVersionUID = 1L;

  /** The side that found the fault. */
  public enum Side {
    /** This side found it, and told the peer with an alert where it could. */
    OURS,
    /** The peer found it and told with an alert, broke off, or does not speak SSL at all. */
    PEER
  }

  /** The phase of the connection in which it failed. */
  public enum Stage {
    /** Before or in the first messages: versions, suites, not SSL at all. */
    HELLO,
    /** One side's certificate was not accepted. */
    CERTIFICATE,
    /** Elsewhere in the handshake. */
    HANDSHAKE,
    /** After the handshake: records of data. */
    DATA,
    /** At the end. */
    CLOSE
  }

  private final Side side;
  private final Stage stage;
  private final @Nullable String alert;
  private final transient @Nullable SslHello hello;

  /**
   * An error with its facts.
   *
   * @param code the provider's own code
   * @param alert the name of the alert as RFC 8446 6 writes it; null when there was none
   */
  public SslError(
      Side side,
      Stage stage,
      @Nullable String alert,
      String code,
      String message,
      @Nullable Throwable cause) {
    this(side, stage, alert, code, message, cause, null);
  }

  /** The same with what the client has said; null where that is not known. */
  public SslError(
      Side side,
      Stage stage,
      @Nullable String alert,
      String code,
      String message,
      @Nullable Throwable cause,
      @Nullable SslHello hello) {
    super(code, message, null, cause);
    this.side = side;
    this.stage = stage;
    this.alert = alert;
    this.hello = hello;
  }

  /** The side that found the fault. */
  public Side side() {
    return side;
  }

  /** The phase of the connection in which it failed. */
  public Stage stage() {
    return stage;
  }

  /** The alert that was sent or received, by its name in RFC 8446 6. */
  public Optional<String> alert() {
    return Optional.ofNullable(alert);
  }

  /**
   * What the client has said in its hello, of a handshake that failed on a server after that was
   * whole; empty otherwise, and where the error was read from a stream of objects.
   */
  public Optional<SslHello> hello() {
    return Optional.ofNullable(hello);
  }
}
