package dev.ferrule.ssl;

import org.jspecify.annotations.Nullable;

/**
 * The peer's side ended without close_notify, so the data may be incomplete: an attacker on the
 * path can forge a FIN. RFC 8446 6.1.
 */
public final class SslTruncated extends SslError {
  private static final long serialVersionUID = 1L;

  /** An end without close_notify, in a stage of the connection. */
  public SslTruncated(Stage stage, String message, @Nullable Throwable cause) {
    super(Side.PEER, stage, null, SslFailure.TRUNCATED, message, cause);
  }

  /** Itself: there was none. */
  @Override
  public SslError withAlert(@Nullable String other) {
    return this;
  }

  /** Itself: of an end, {@link #handshake} has what the client has said. */
  @Override
  public SslError withHello(@Nullable SslHello said) {
    return this;
  }
}
