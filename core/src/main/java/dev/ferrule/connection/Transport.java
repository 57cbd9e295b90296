package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.event.Notice;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpReset;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.jfr.Called;
import dev.ferrule.jfr.FailureFacts;
import dev.ferrule.jfr.HandshakeFacts;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a kind of socket puts on its link: plain TCP, or SSL. On the loop's thread. */
@FunctionalInterface
public interface Transport extends Called {
  /** Plain TCP. */
  Transport PLAIN = (link, buffers, owner) -> new PlainWire(link, owner.open(Memory.NATIVE));

  /** The connection that a wire is made for. */
  interface Owner {
    /** Makes the outlet of the wire, in the memory that it wants; to be called once. */
    Outlet open(Memory memory) throws IOException;

    /** The outlet that is on top of the one that was opened, for a wire inside of another. */
    default void replace(Outlet top) {
      throw new UnsupportedOperationException(
          "only the connection's own owner has an outlet to replace: this wire is inside of"
              + " another");
    }

    /**
     * Whom rules about peers are about, and what is told of them: the client that a named proxy has
     * told of by a PROXY header, or else the peer of {@code link}.
     */
    default @Nullable SocketAddress client(Link link) {
      return link.remoteAddress();
    }

    /**
     * The port of the peer that this side has connected to, which may be behind proxies; 0 where it
     * has none.
     */
    default int peerPort(Link link) {
      return link.remoteAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
    }

    /**
     * Where connecting is more than a link ({@link #connectsLater}): the peer is reached, and the
     * program hears of it as of {@link #call}.
     */
    default void connected() {}

    /**
     * Calls the program as soon as the wire's handshake, which calls this, has returned {@link
     * Wire#LATER}; then the handshake is continued. What the callback throws is told, or leaves the
     * loop.
     */
    void call(Consumer<? super Endpoint> callback);

    /** Tells the program a {@link Notice} about the socket, in a later turn. */
    void notice(String sentence);

    /**
     * Continues a handshake that waits ({@link Wire#LATER}); nothing when it does not, or the
     * connection has ended. Any thread.
     */
    void resume();
  }

  /** Whether its peer is not yet reached when the link is connected, as through a proxy. */
  default boolean connectsLater() {
    return false;
  }

  /** Makes the wire on a connected link. */
  Wire wire(Link link, Buffers buffers, Owner owner) throws IOException;

  /**
   * Whether {@code failure}, of a connection whose handshake was done here, says that the peer did
   * not accept this side, and so dropped what it was sent.
   */
  default boolean isRefusal(EventError failure) {
    return false;
  }

  /**
   * The handshake of {@code wire} is done: may call the program. Not called for plain TCP, which
   * has none.
   */
  default void secured(Endpoint socket, Wire wire) {}

  /**
   * What a recording shows of the handshake that {@code wire}, where there is one, has done, or
   * that {@code failure} ended; null when this side gave it up. Behind {@link #secured}, if that is
   * called.
   */
  default HandshakeFacts facts(Endpoint socket, @Nullable Wire wire, @Nullable EventError failure) {
    return HandshakeFacts.NONE;
  }

  /** What a recording shows of a failure, of the handshake or later. */
  default FailureFacts about(EventError failure) {
    return FailureFacts.by(
        switch (failure) {
          case TcpTimeout _ -> FailureFacts.LIMIT;
          case TcpReset _, TcpRefused _ -> FailureFacts.PEER;
          default -> FailureFacts.FAILURE;
        });
  }

  /** The callback that {@link #secured} calls. */
  @Override
  default Object code() {
    return this;
  }

  /**
   * The same failure of a handshake, which was not with the peer of the socket but on the way to
   * it, with {@code whom}.
   */
  default EventError with(String whom, EventError failure) {
    return failure;
  }

  /**
   * The connection fails before it is open, and {@code error} is about to be told: what is known of
   * the handshake may be added to it. Not called for plain TCP.
   *
   * @param wire null before there is one, and while a task works on it
   * @param sent bytes of the handshake that the link has taken, or has yet to take
   * @param received bytes that came from the link since the handshake began
   */
  default void failed(
      EventError error,
      Endpoint socket,
      @Nullable Wire wire,
      OpeningTimes times,
      long sent,
      long received) {}

  /**
   * The same where the peer refuses this side by {@code error} ({@link #isRefusal}) when the
   * handshake was done here.
   */
  default void refusedLate(EventError error, Endpoint socket) {}
}
