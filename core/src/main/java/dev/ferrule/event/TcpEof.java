package dev.ferrule.event;

import dev.ferrule.TcpSocket;

/**
 * The peer ended its side cleanly: a FIN, or over SSL a close_notify. Information, not an error.
 * Without {@code halfOpen} the socket then sends what is queued and closes. (Before TLS 1.3 the
 * peer's end is the end of both sides: what is written from then on is lost, RFC 5246 7.2.1.)
 */
public final class TcpEof implements Event {
  private final TcpSocket socket;

  /**
   * The end of what {@code socket} receives.
   *
   * @throws ClassCastException when it is no {@link TcpSocket}
   */
  public TcpEof(Endpoint socket) {
    this.socket = (TcpSocket) socket;
  }

  /** The socket that reached its end. */
  @Override
  public TcpSocket socket() {
    return socket;
  }

  @Override
  public String message() {
    return "the peer ended the connection cleanly";
  }

  @Override
  public String toString() {
    return "TcpEof: " + message();
  }
}
