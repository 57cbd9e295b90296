package dev.ferrule;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.connection.Addresses;
import dev.ferrule.connection.ConnectSettings;
import dev.ferrule.connection.Connection;
import dev.ferrule.connection.Hop;
import dev.ferrule.connection.OptionsCheck;
import dev.ferrule.connection.Transport;
import dev.ferrule.connection.Tunnel;
import dev.ferrule.event.Endpoint;
import dev.ferrule.loop.Handle;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.spi.SocketOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings that all kinds of clients have. cl-async: the keywords of {@code tcp-connect}.
 *
 * @param <S> the kind of socket
 * @param <B> the setup itself
 */
public abstract class ClientSetup<S extends TcpSocket, B extends ClientSetup<S, B>>
    extends SocketSetup<S, B> {
  private final @Nullable SocketAddress address;
  private final String host;
  private final int port;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private ConnectSettings connecting = ConnectSettings.DEFAULT;
  private List<Proxy> proxies = List.of();
  private @Nullable ProxyHeader header;

  /**
   * A client of a host, by name or by address.
   *
   * @throws IllegalArgumentException when {@code port} is not from 0 to 65535
   */
  protected ClientSetup(EventLoop loop, String host, int port) {
    super(loop);
    if (host.isBlank()) {
      throw new IllegalArgumentException("the host to connect to must not be empty");
    }
    this.host = host;
    this.port = Addresses.port(port);
    this.address = null;
  }

  /** A client of an address, which may be a {@link java.net.UnixDomainSocketAddress}. */
  protected ClientSetup(EventLoop loop, SocketAddress address) {
    super(loop);
    this.host = "";
    this.port = 0;
    this.address = address;
  }

  /** A new socket of this kind, not connected yet. */
  protected abstract S socket();

  /** Sends a text, as UTF-8, before anything else. cl-async: {@code :data}. */
  public B data(String text) {
    return data(text.getBytes(UTF_8));
  }

  /** Sends bytes before anything else. */
  public B data(byte[] bytes) {
    data.writeBytes(bytes);
    return self();
  }

  /**
   * The options of the system's socket, in the place of any given before. What does not go with a
   * client, its address or the loop's poller is an {@link IllegalArgumentException} of {@link
   * #open}, which says why.
   */
  public B socketOptions(SocketOptions options) {
    connecting = connecting.with(options);
    return self();
  }

  /**
   * How long an address of a host has the field to itself before the next is tried as well, which
   * begins at once when one fails (RFC 8305 5: Connection Attempt Delay); 250 ms by default, and
   * shorter where a host has more addresses than the {@link #connectTimeout} has such delays.
   *
   * @param delay 10 ms to 2 s
   * @throws IllegalArgumentException when it is out of its range
   */
  public B attemptDelay(Duration delay) {
    connecting = connecting.with(delay);
    return self();
  }

  /**
   * Lets the first finished handshake decide between the addresses of a host, and not the first TCP
   * connection: a machine that accepts and does not answer holds nobody up, and one whose handshake
   * fails leaves the others to be tried. All of that is within {@link #connectTimeout}, each
   * handshake within {@link #handshakeTimeout} too. The program hears of the winner only, with its
   * connect callback just before it is secure, and only the winner is sent data. A read timeout
   * does not see what attempts receive. Without a handshake, as for plain TCP, it changes nothing.
   */
  public B firstHandshakeWins() {
    connecting = connecting.with(ConnectSettings.Decision.HANDSHAKE);
    return self();
  }

  /**
   * Goes through a proxy, or several one after the other, the nearest first, in the place of any
   * given before. The name of the host is sent to the last of them, which resolves it; names of
   * proxies are resolved by the one before, the first by this loop. The connect callback comes when
   * the host is reached, the talk with proxies is within {@link #handshakeTimeout}, and what a
   * proxy does wrong is a {@link dev.ferrule.event.TcpError} of the code EPROXY. {@link
   * #socketOptions}, {@link #attemptDelay} and the remote address of the socket are about the first
   * proxy.
   *
   * @throws IllegalArgumentException by {@link #open}, when the address is a Unix-domain address or
   *     the host is no host name
   */
  public B through(Proxy nearest, Proxy... others) {
    proxies = Stream.concat(Stream.of(nearest), Stream.of(others)).toList();
    return self();
  }

  /**
   * Sends a header of the PROXY protocol to the server, before SSL and everything else, as a proxy
   * does.
   */
  public B proxyHeader(ProxyHeader first) {
    header = first;
    return self();
  }

  /** The hosts and addresses to go by, as the transport of {@code socket}. */
  private Transport tunnel(S socket) {
    if (proxies.isEmpty() && header == null) {
      return socket.transport();
    }
    List<Hop> hops = new ArrayList<>();
    for (int i = 0; i < proxies.size(); i++) {
      Proxy next = i + 1 < proxies.size() ? proxies.get(i + 1) : null;
      hops.add(next == null ? last(proxies.get(i)) : proxies.get(i).hop(next.host(), next.port()));
    }
    if (header != null) {
      hops.add(Hop.first(header.encoded()));
    }
    int peer = address instanceof InetSocketAddress inet ? inet.getPort() : port;
    return new Tunnel(List.copyOf(hops), socket.transport(), peer);
  }

  private Hop last(Proxy proxy) {
    if (address == null) {
      return proxy.hop(host, port);
    }
    if (address instanceof InetSocketAddress inet) {
      String to = inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress();
      return proxy.hop(to, inet.getPort());
    }
    throw new IllegalArgumentException("a proxy connects to hosts, not to " + address);
  }

  /**
   * Opens the socket and returns at once. Callbacks report in a later turn that it is connected, or
   * why not.
   */
  public S open() {
    openOnce();
    OptionsCheck.client(connecting.options(), address, loop.inner().poller());
    S socket = socket();
    Connection connection = connection(socket, tunnel(socket), Handle.Kind.OUTGOING);
    if (data.size() > 0) {
      connection.out().write(ByteBuffer.wrap(data.toByteArray()), null);
    }
    tellCapture(socket);
    if (!proxies.isEmpty()) {
      Proxy first = proxies.getFirst();
      connection.opening().connect(first.host(), first.port(), connecting);
    } else if (address == null) {
      connection.opening().connect(host, port, connecting);
    } else {
      connection.opening().connect(address, connecting);
    }
    return socket;
  }

  /**
   * Opens the socket as {@link #open} does. The future completes on the loop's thread: with the
   * socket when it is connected, over SSL when the handshake is done, behind that callback; or with
   * the {@link dev.ferrule.event.EventError} by which it failed, which then needs no event
   * callback. Cancelling the future, from any thread, aborts the attempt, as does whoever else
   * completes it by an exception, such as {@code orTimeout}.
   */
  public CompletableFuture<S> openAsync() {
    OpeningFuture<S> opening = new OpeningFuture<>();
    whenOpen(opening::opened);
    return opening.of(open());
  }

  /** Calls {@code action} when the socket is connected; for kinds that have more to do, later. */
  @SuppressWarnings("unchecked") // the setup opens sockets of kind S only
  protected void whenOpen(Consumer<? super S> action) {
    Consumer<Endpoint> before = callbacks.connect;
    callbacks.connect =
        socket -> {
          try {
            if (before != null) {
              before.accept(socket);
            }
          } finally {
            action.accept((S) socket);
          }
        };
  }

  /**
   * Opens a socket on a shared loop for a thread that has none, and waits until it is open; for the
   * {@code dial} of each kind.
   */
  protected static <S extends TcpSocket, B extends ClientSetup<S, B>> BlockingSocket<S> dial(
      Function<EventLoop, B> setup) throws IOException {
    return Dialing.dial(setup);
  }

  /**
   * Opens the socket and returns its stream. With a read callback and no stream callback, what is
   * received goes to the former and the stream serves for writing. cl-async: {@code :stream t}.
   */
  public AsyncStream openStream() {
    streams = streams || callbacks.read == null;
    return AsyncStream.of(open());
  }
}
