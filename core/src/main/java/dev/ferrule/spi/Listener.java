package dev.ferrule.spi;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The operating system's end of a server: a listening socket. Belongs to one loop's thread. */
public interface Listener {
  /** Says who hears that connections wait. */
  void attach(Link.Ready ready);

  /** Whether the poller shall watch it ({@link Link#READ}) or not (0). */
  void interest(int ops);

  /** Takes one waiting connection; null when there is none. */
  @Nullable Link accept() throws IOException;

  /**
   * Takes one waiting connection for the loop of another poller of the same kind; null when there
   * is none. Called on this listener's thread; the link is then handed over, and belongs to the
   * other. One that the other does not want any more is closed at once, before anything else is
   * called, and on this listener's thread.
   */
  @Nullable Link acceptFor(Poller home) throws IOException;

  /** The address it listens on, with the port that was chosen. */
  SocketAddress localAddress();

  /** Stops listening; a Unix-domain socket's file goes too. A second call does nothing. */
  void close();
}
