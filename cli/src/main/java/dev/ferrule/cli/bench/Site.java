package dev.ferrule.cli.bench;

import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSession;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One target, and how a connection to it is opened. Once it was reached, connections go to the
 * address that answered, so that names are not resolved for each. Any thread.
 *
 * @param text as the user wrote it
 * @param host a name or an address; empty for a Unix-domain socket
 * @param port the port; 0 for a Unix-domain socket
 * @param address to connect to in place of host and port; null for these
 * @param serverName what is asked for and verified; null for none
 * @param contexts makes a client's context; null for plain TCP
 * @param way sets what else is said of sockets
 */
public record Site(
    String text,
    String host,
    int port,
    @Nullable SocketAddress address,
    @Nullable String serverName,
    @Nullable Supplier<SslContext> contexts,
    Consumer<ClientSetup<?, ?>> way) {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);
  private static final int LOW_WATER = 128 * 1024;
  private static final int HIGH_WATER = 512 * 1024;

  /** Hears of one connection. */
  interface Caller {
    /** TCP is connected; for a plain connection that is all. */
    default void connected() {}

    /** The connection is ready for data; without a session over plain TCP. */
    void opened(TcpSocket socket, @Nullable SslSession session);

    void read(ByteBuffer data);

    void heard(Event event);

    default void drained() {}

    /** All that was written has gone out; called only when {@link #wantsFlushes}. */
    default void flushed() {}

    default boolean wantsFlushes() {
      return false;
    }

    /** It is closed and released; nothing more is called. */
    void closed();
  }

  /** The same, connected to at this address from now on. */
  Site at(SocketAddress reached) {
    return new Site(text, host, port, reached, serverName, contexts, way);
  }

  /** A new context; null for plain TCP. */
  @Nullable SslContext context() {
    return contexts == null ? null : contexts.get();
  }

  /**
   * Opens a connection.
   *
   * @param limit for connecting and for the handshake each
   * @throws IllegalArgumentException when an option cannot be set
   */
  void open(EventLoop loop, @Nullable SslContext context, Duration limit, Caller caller) {
    if (context == null) {
      Tcp.Client client =
          address == null ? Tcp.connect(loop, host, port) : Tcp.connect(loop, address);
      open(
          client.onConnect(socket -> {
            caller.connected();
            caller.opened(socket, null);
          }),
          limit,
          caller);
      return;
    }
    SslClientSetup client =
        address == null ? Ssl.connect(loop, host, port) : Ssl.connect(loop, address);
    if (serverName != null) {
      client.serverName(serverName);
    }
    client.context(context).onConnect(_ -> caller.connected()).onSecure(caller::opened);
    open(client, limit, caller);
  }

  private <B extends ClientSetup<?, B>> void open(B client, Duration limit, Caller caller) {
    way.accept(client);
    if (caller.wantsFlushes()) {
      client.onWrite(_ -> caller.flushed());
    }
    client
        .connectTimeout(limit)
        .handshakeTimeout(limit)
        .closeTimeout(CLOSE_LIMIT)
        .waterMarks(LOW_WATER, HIGH_WATER)
        .onRead((_, data) -> caller.read(data))
        .onDrain(_ -> caller.drained())
        .onEvent(caller::heard)
        .onClose(caller::closed)
        .open();
  }

  @Override
  public String toString() {
    return text;
  }
}
