package dev.ferrule.cli.bench;

import java.util.Locale;

/** What connections do. */
public enum Workload {
  /** Bytes are sent, and the same bytes come back: one operation. */
  ECHO,
  /** The target sends, and this side reads. */
  SOURCE,
  /** This side sends, and the target reads. */
  SINK,
  /** Connect, a full handshake, and the end of both sides: one operation. */
  FULL,
  /** As {@link #FULL}, with a session of the handshake before. */
  RESUMED,
  /** Connect, handshake, one echo, and the end of both sides: one operation. */
  CHURN,
  /** Connections are opened, and kept. */
  IDLE;

  private static final int MESSAGE = 64;
  private static final int BLOCK = 64 * 1024;

  /** Whether there are operations that can be counted, timed and paced. */
  public boolean hasOperations() {
    return switch (this) {
      case ECHO, FULL, RESUMED, CHURN -> true;
      case SOURCE, SINK, IDLE -> false;
    };
  }

  /** Whether latencies are measured; those of {@link #IDLE} are of the opening. */
  public boolean hasLatency() {
    return hasOperations() || this == IDLE;
  }

  /** Whether a connection outlives an operation. */
  public boolean keepsConnections() {
    return switch (this) {
      case ECHO, SOURCE, SINK, IDLE -> true;
      case FULL, RESUMED, CHURN -> false;
    };
  }

  /** Whether each operation is a handshake and nothing else, which plain TCP does not have. */
  public boolean isHandshake() {
    return this == FULL || this == RESUMED;
  }

  /** Bytes of one message, or of one write, unless said; 0 where nothing is sent. */
  public int usualSize() {
    return switch (this) {
      case ECHO, CHURN -> MESSAGE;
      case SINK -> BLOCK;
      case SOURCE, FULL, RESUMED, IDLE -> 0;
    };
  }

  /** What one operation is called. */
  public String unit() {
    return switch (this) {
      case ECHO -> "echo";
      case FULL, RESUMED -> "handshake";
      case CHURN, IDLE -> "connection";
      case SOURCE, SINK -> "MB";
    };
  }

  /** The word for the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
