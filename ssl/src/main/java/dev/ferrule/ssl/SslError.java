package dev.ferrule.ssl;

import dev.ferrule.event.TcpError;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * SSL failed: in the handshake, in a record, or at the end. The message is one sentence that says
 * what happened and what to check; failure, side, stage and alert are for logs and for programs
 * that treat them differently, and are the same whichever provider found it. Nothing of what was
 * sent or received as data is in any of them. cl-async: {@code tcp-ssl-error}.
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
  private final SslFailure failure;
  private final @Nullable String detail;
  private final transient @Nullable SslHello hello;
  private transient volatile @Nullable SslHandshakeFacts handshake;

  /**
   * An error with its facts.
   *
   * @param alert the name of the alert as RFC 8446 6 writes it; null when there was none
   * @param failure its {@link #code} is the name of that
   */
  public SslError(
      Side side,
      Stage stage,
      @Nullable String alert,
      SslFailure failure,
      String message,
      @Nullable Throwable cause) {
    this(side, stage, alert, failure, message, null, cause, null);
  }

  /** The same with the provider's own words; null where it has none. */
  public SslError(
      Side side,
      Stage stage,
      @Nullable String alert,
      SslFailure failure,
      String message,
      @Nullable String detail,
      @Nullable Throwable cause) {
    this(side, stage, alert, failure, message, detail, cause, null);
  }

  private SslError(
      Side side,
      Stage stage,
      @Nullable String alert,
      SslFailure failure,
      String message,
      @Nullable String detail,
      @Nullable Throwable cause,
      @Nullable SslHello hello) {
    super(failure.name(), message, null, cause);
    this.side = side;
    this.stage = stage;
    this.alert = alert;
    this.failure = failure;
    this.detail = detail;
    this.hello = hello;
  }

  /** The same error with another alert, for a provider; null for none. */
  public SslError withAlert(@Nullable String other) {
    return new SslError(side, stage, other, failure, message(), detail, getCause(), hello);
  }

  /** The same error with what the client has said, for a server; null where that is not known. */
  public SslError withHello(@Nullable SslHello said) {
    return new SslError(side, stage, alert, failure, message(), detail, getCause(), said);
  }

  /** The same error of a handshake that was not with the socket's peer but with {@code whom}. */
  SslError with(String whom) {
    String sentence = whom + ": " + message();
    return new SslError(side, stage, alert, failure, sentence, detail, getCause(), hello);
  }

  /** What made it fail: one of a list that is the same for every provider. */
  public SslFailure failure() {
    return failure;
  }

  /**
   * The provider's own words, such as BoringSSL's reason {@code NO_SHARED_CIPHER} or the text of
   * the JDK's exception; for logs, not stable between versions. Printable, and cut short.
   */
  public Optional<String> detail() {
    return Optional.ofNullable(detail);
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

  /**
   * What is known of the handshake that failed; empty when the handshake was done, and where the
   * error was read from a stream of objects. A server of TLS 1.3 may refuse a client's certificate,
   * or that there is none, when the client's handshake is done: that refusal has them too. An event
   * callback finds it here; the socket has it too, also of a handshake that timed out or was reset,
   * but not of one that was refused when it was done ({@link SslSocket#failedHandshake}).
   */
  public Optional<SslHandshakeFacts> handshake() {
    return Optional.ofNullable(handshake);
  }

  /** Set once, before the program is told. */
  void handshake(SslHandshakeFacts facts) {
    if (handshake == null) {
      handshake = facts;
    }
  }
}
