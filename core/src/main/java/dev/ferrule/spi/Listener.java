package dev.ferrule.spi;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The operating system's end of a server: a listening socket. Belongs to one loop's thread. */
public interface Listener {
  /** Sets the listener for waiting connections. */
  void attach(Link.Ready ready);

  /** Sets whether the poller watches it ({@link Link#READ}) or not (0). */
  void interest(int ops);

  /** Takes one waiting connection; null when there is none. */
  @Nullable Link accept() throws IOException;

  /**
   * Takes one waiting connection for the loop of another poller of the same kind; null when there
   * is none. Called on this listener's thread; the link then belongs to the other loop. If the
   * other loop does not accept it any more, it is closed on this listener's thread before any other
   * call.
   */
  @Nullable Link acceptFor(Poller home) throws IOException;

  /** The address it listens on, with the port that was chosen. */
  SocketAddress localAddress();

  /**
   * The descriptor of its socket, for another process that is to listen by it too; -1 where the
   * poller tells none. Valid until {@link #close}.
   */
  default int descriptor() {
    return -1;
  }

  /** Stops listening, and deletes the file of a Unix-domain socket. A second call does nothing. */
  void close();

  /** As {@link #close}, where somebody else goes on at the address: the file stays. */
  default void closeHandedOver() {
    close();
  }
}
