package dev.ferrule.event;

/**
 * A stream holds as many unread bytes as it may, so nothing more is received until the program
 * reads some. Information, not an error: it is reported each time that the limit is reached and the
 * stream's callback has not read. A program that waits for a longer message would wait for ever: it
 * should read in pieces, or raise the limit with {@code maxUnread}.
 *
 * @param socket the socket whose stream is full
 * @param bytes how many bytes wait
 */
public record UnreadLimit(Endpoint socket, long bytes) implements Event {
  @Override
  public String message() {
    return bytes
        + " bytes wait unread in the stream, and no more is received until some are read (read in"
        + " pieces, or raise maxUnread)";
  }

  @Override
  public String toString() {
    return "UnreadLimit: " + message();
  }
}
