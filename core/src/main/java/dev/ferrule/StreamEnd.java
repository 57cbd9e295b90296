package dev.ferrule;

import dev.ferrule.event.EventError;
import java.io.IOException;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * Why the streams of a {@link BlockingSocket} have ended; each thread that hears of it gets an
 * exception of its own. Any thread.
 *
 * @param reason one sentence
 * @param failure what the connection failed by; null when it did not
 * @param bytesFirst whether what was received before can still be read
 */
record StreamEnd(String reason, @Nullable EventError failure, boolean bytesFirst) {
  static final StreamEnd CLOSED = new StreamEnd("the socket was closed", null, false);
  static final StreamEnd ABORTED = new StreamEnd("the socket was aborted", null, false);
  static final StreamEnd CALLED_BACK =
      new StreamEnd("the socket went back to its callbacks", null, false);
  static final StreamEnd ENDED = new StreamEnd("the connection has ended", null, true);
  static final StreamEnd LOOP_ENDED =
      new StreamEnd("the event loop of this socket has ended", null, true);

  static StreamEnd failed(EventError failure) {
    return new StreamEnd(failure.message(), failure, true);
  }

  IOException exception() {
    return failure == null ? new SocketException(reason) : new IOException(reason, failure);
  }
}
