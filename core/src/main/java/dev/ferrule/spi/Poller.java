package dev.ferrule.spi;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Watches links and listeners, level-triggered, and opens them. One poller serves one loop and is
 * called on its thread only, {@link #wake} apart.
 */
public interface Poller extends AutoCloseable {
  /** Begins to connect; {@link Link#WRITE} readiness tells when to call finishConnect. */
  Link connect(SocketAddress remote) throws IOException;

  /**
   * Why this poller does not set an option, as the end of a sentence; null when it does. An option
   * that it does not set is refused when a client or server is opened, and does not get here.
   */
  default @Nullable String refusal(SocketOptions.Option option) {
    return "this poller sets no options of sockets";
  }

  /** As {@link #connect(SocketAddress)}, with options, all of which this poller sets. */
  default Link connect(SocketAddress remote, SocketOptions options) throws IOException {
    requireNone(options);
    return connect(remote);
  }

  /**
   * The backlog where none is given: that of Linux' {@code net.core.somaxconn}, to which the system
   * limits it. A queue that is full costs clients a second, and with the SYN cookies that Linux
   * then uses the first bytes that they sent.
   */
  int BACKLOG = 4096;

  /** Listens; {@code backlog} -1 or 0 is {@link #BACKLOG}. */
  Listener listen(SocketAddress local, int backlog) throws IOException;

  /**
   * As {@link #listen(SocketAddress, int)}, with options, all of which this poller sets. The
   * connections that are accepted have those that are about connections.
   */
  default Listener listen(SocketAddress local, int backlog, SocketOptions options)
      throws IOException {
    requireNone(options);
    return listen(local, backlog);
  }

  /**
   * Whether {@link #listenShared} works: several pollers listen on one address, and the system
   * spreads the connections over them.
   */
  default boolean sharesAddresses() {
    return false;
  }

  /**
   * Listens on an address that other pollers of this kind listen on too (SO_REUSEPORT), all of them
   * by this call. Only where {@link #sharesAddresses}.
   */
  default Listener listenShared(SocketAddress local, int backlog) throws IOException {
    throw new UnsupportedOperationException("this poller shares no addresses");
  }

  /** As {@link #listenShared(SocketAddress, int)}, with options as of {@link #listen}. */
  default Listener listenShared(SocketAddress local, int backlog, SocketOptions options)
      throws IOException {
    requireNone(options);
    return listenShared(local, backlog);
  }

  /** Whether {@link #adopt} works. */
  default boolean adopts() {
    return false;
  }

  /**
   * Listens by a socket that listens already, such as one that another process handed over. The
   * listener has a duplicate of {@code descriptor}, which stays the caller's; it leaves the file of
   * a Unix-domain address alone. The options are set as those of {@link #listen}, but for what only
   * goes before bind(2). Only where {@link #adopts}.
   */
  default Listener adopt(int descriptor, SocketOptions options) throws IOException {
    throw new UnsupportedOperationException("this poller takes no sockets by their descriptors");
  }

  private void requireNone(SocketOptions options) {
    for (SocketOptions.Option option : options.given()) {
      throw new IllegalArgumentException(option.system() + " cannot be set: " + refusal(option));
    }
  }

  /**
   * Waits until something is ready, {@link #wake} is called or {@code nanos} have passed, and calls
   * the {@link Link.Ready} of each that is ready. 0 does not wait, -1 waits without limit.
   */
  void poll(long nanos) throws IOException;

  /** Ends the current wait, or the next one. Any thread; does nothing after {@link #close}. */
  void wake();

  /** Frees the poller; the owners close its links before. A second call does nothing. */
  @Override
  void close();
}
