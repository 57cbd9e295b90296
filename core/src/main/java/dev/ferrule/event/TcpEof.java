package dev.ferrule.event;

/**
 * The peer ended its side cleanly: a FIN, or over SSL a close_notify. Information, not an error.
 * Unless half-open sockets were asked for, the socket then sends what is queued and closes. (Before
 * TLS 1.3 the peer's end is the end of both sides: what is written from then on is lost, RFC 5246
 * 7.2.1.)
 *
 * @param socket the socket that reached its end
 */
public record TcpEof(Endpoint socket) implements Event {
  @Override
  public String message() {
    return "the peer ended the connection cleanly";
  }

  @Override
  public String toString() {
    return "TcpEof: " + message();
  }
}
