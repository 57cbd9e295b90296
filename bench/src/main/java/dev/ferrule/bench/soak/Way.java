package dev.ferrule.bench.soak;

/** How a connection of the soak comes to its end. */
enum Way {
  /** An echo, then the client closes. */
  CLIENT_CLOSES,
  /** An echo is asked for, and the server closes behind its answer. */
  SERVER_CLOSES,
  CLIENT_ABORTS,
  SERVER_ABORTS,
  /** The client ends its side after the echo; the server, which hears it, ends the other. */
  HALF_CLOSE,
  CLIENT_CLOSES_IN_CONNECT,
  CLIENT_ABORTS_IN_CONNECT,
  CLIENT_CLOSES_IN_SECURE,
  CLIENT_ABORTS_IN_SECURE,
  CLIENT_CLOSES_IN_WRITE,
  SERVER_CLOSES_IN_CONNECT,
  SERVER_ABORTS_IN_CONNECT,
  SERVER_CLOSES_IN_SECURE,
  SERVER_ABORTS_IN_SECURE,
  /** In the event of the client's half close. */
  SERVER_CLOSES_IN_EVENT,
  SERVER_ABORTS_IN_EVENT,
  /** The connection breaks after a number of bytes that grows: within each handshake message. */
  CUT,
  /** One byte arrives changed, at a place that wanders through handshake and data. */
  DAMAGED,
  /** The server's certificate is of an issuer that the client does not trust. */
  WRONG_ISSUER,
  /** Bytes that are no TLS. */
  GARBAGE,
  /** Still open when its loop ends. */
  LEFT_OPEN;

  /** Whether it goes through a {@link Relay}. */
  boolean relayed() {
    return this == CUT || this == DAMAGED;
  }

  /** Whether data must have come back before the end. */
  boolean echoes() {
    return switch (this) {
      case CLIENT_CLOSES, CLIENT_ABORTS, HALF_CLOSE, LEFT_OPEN -> true;
      default -> false;
    };
  }
}
