package dev.ferrule.connection;

import dev.ferrule.capture.CaptureFile;
import dev.ferrule.capture.CapturedLink;
import dev.ferrule.event.Notice;
import dev.ferrule.loop.Handle;
import dev.ferrule.spi.Link;

/**
 * Puts a connection's link into the capture that the program has chosen for it. One that ends early
 * is told to the program, on the connection that it holds. On the loop's thread.
 */
final class ConnectionCapture {
  private ConnectionCapture() {}

  /** {@code link}, or what captures it; {@code told} is whom the program hears of. */
  static Link of(Connection connection, Link link, Connection told) {
    CaptureFile capture = connection.callbacks().capture;
    if (capture == null || link instanceof CapturedLink) {
      return link;
    }
    boolean accepted = connection.kind() == Handle.Kind.INCOMING;
    return new CapturedLink(link, capture, accepted, problem -> ended(told, capture, problem));
  }

  /** Tells it, unless the connection ends before: no event comes behind its last call. */
  private static void ended(Connection told, CaptureFile capture, String problem) {
    boolean later =
        told.loop.executeIfRunning(() -> {
          if (told.state == Connection.State.CLOSED) {
            capture.notTold(); // another connection tells it
          } else {
            EventDelivery.tell(told, new Notice(told.socket(), problem));
          }
        });
    if (!later) {
      capture.notTold();
    }
  }
}
