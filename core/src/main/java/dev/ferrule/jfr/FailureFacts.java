package dev.ferrule.jfr;

import org.jspecify.annotations.Nullable;

/**
 * Who ended a handshake or a connection that failed, and by which alert that was told. Made only
 * for a recording. Immutable.
 *
 * @param endedBy one of the words of this class
 * @param alertSent the name of the alert that this side has sent; null when there is none
 * @param alertReceived the name of the alert that the peer has sent; null when there is none
 */
public record FailureFacts(
    String endedBy, @Nullable String alertSent, @Nullable String alertReceived) {
  /** The program, by a call. */
  public static final String PROGRAM = "program";

  /** The peer: it broke off, or found a fault. */
  public static final String PEER = "peer";

  /** This side found a fault, or what it stands on failed. */
  public static final String FAILURE = "failure";

  /** A time limit. */
  public static final String LIMIT = "limit";

  /** The loop, which ended. */
  public static final String LOOP = "loop";

  /** Without an alert. */
  public static FailureFacts by(String who) {
    return new FailureFacts(who, null, null);
  }
}
