package dev.ferrule.ssl;

import org.jspecify.annotations.Nullable;

/**
 * The peer's side ended without close_notify: what was received may not be all that was sent, for
 * anybody on the way can send a FIN. RFC 8446 6.1.
 */
public final class SslTruncated extends SslError {
  private static final long serialVersionUID = 1L;

  /** An end at a stage that should not be one. */
  public SslTruncated(Stage stage, String message, @Nullable Throwable cause) {
    super(Side.PEER, stage, null, "TRUNCATED", message, cause);
  }
}
