package dev.ferrule;

import dev.ferrule.connection.Addresses;
import dev.ferrule.connection.Failures;
import dev.ferrule.connection.OptionsCheck;
import dev.ferrule.connection.Proxied;
import dev.ferrule.connection.Transport;
import dev.ferrule.event.TcpAcceptError;
import dev.ferrule.event.TcpError;
import dev.ferrule.host.Network;
import dev.ferrule.loop.Handle;
import dev.ferrule.loop.LoopSettings;
import dev.ferrule.server.ListenSettings;
import dev.ferrule.server.ServerShare;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings that all kinds of servers have. The callbacks and limits are those of each
 * connection; the event callback receives the server's own events too. cl-async: the keywords of
 * {@code tcp-server}.
 *
 * @param <S> the kind of socket
 * @param <V> the kind of server
 * @param <B> the setup itself
 */
public abstract class ServerSetup<
        S extends TcpSocket, V extends TcpServer, B extends ServerSetup<S, V, B>>
    extends SocketSetup<S, B> {
  private final SocketAddress address;
  private final @Nullable IOException unknown; // why the address is none
  private int backlog = -1;
  private SocketOptions options = SocketOptions.NONE;
  private List<Network> proxies = List.of();
  private List<Integer> descriptors = List.of();

  /**
   * A server on an address of this machine; null is every address, port 0 any free port. A name is
   * looked up by the loop's resolver, here and now.
   *
   * @throws IllegalArgumentException when {@code port} is not from 0 to 65535
   */
  protected ServerSetup(EventLoop loop, @Nullable String address, int port) {
    super(loop);
    SocketAddress found;
    IOException none = null;
    Addresses.port(port);
    try {
      found = Addresses.bind(address, port, loop.inner().settings().resolver);
    } catch (UnknownHostException e) {
      found = InetSocketAddress.createUnresolved(String.valueOf(address), port);
      none = e;
    }
    this.address = found;
    this.unknown = none;
  }

  /** A server on an address, which may be a {@link java.net.UnixDomainSocketAddress}. */
  protected ServerSetup(EventLoop loop, SocketAddress address) {
    super(loop);
    this.address = address;
    this.unknown = null;
  }

  /** A new socket of this kind, for a connection that was accepted. */
  protected abstract S socket();

  /** The new server. */
  protected abstract V server();

  /**
   * How many connections may wait to be accepted; -1, the default, or 0 is 4096. The system limits
   * it (Linux: {@code net.core.somaxconn}). A queue that is full costs clients a second or more,
   * and Linux, which then answers with SYN cookies, may lose the first bytes that they sent.
   */
  public B backlog(int connections) {
    if (connections < -1) {
      throw new IllegalArgumentException("the backlog is -1 or more, not " + connections);
    }
    backlog = connections;
    return self();
  }

  /**
   * The options of the listening socket and of each connection that it accepts, in the place of any
   * given before; the servers of a {@link LoopGroup} at one address have the same. What does not go
   * with a server, its address or the loop's poller is an {@link IllegalArgumentException} of
   * {@link #open}, which says why.
   */
  public B socketOptions(SocketOptions wanted) {
    options = wanted;
    return self();
  }

  /**
   * Takes the connections of sockets that listen already, in the place of one that it opens at its
   * address: those that this process was started with (systemd's socket activation: 3 and on, as
   * many as LISTEN_FDS says) or was sent by the process that served there before ({@link
   * TcpServer#descriptors}). The server has duplicates of the descriptors, which stay the
   * program's; as long as one is open somewhere, clients can connect. The file of a Unix-domain
   * address is left alone when the server closes. Not with the nio poller. The servers of a {@link
   * LoopGroup} at one address are given the same, and one loop accepts for all. Options are set on
   * the sockets, but for IPV6_V6ONLY, which was decided when they were bound.
   *
   * @throws IllegalArgumentException when one is negative
   */
  public B descriptors(int descriptor, int... others) {
    descriptors = IntStream.concat(IntStream.of(descriptor), IntStream.of(others)).boxed().toList();
    for (int each : descriptors) {
      if (each < 0) {
        throw new IllegalArgumentException("there is no descriptor " + each);
      }
    }
    return self();
  }

  /**
   * Takes connections from these proxies only, in front of whose bytes comes a header of the PROXY
   * protocol, version 1 or 2, before SSL too; {@link TcpSocket#proxied} has it from the connect
   * callback on. Whoever comes from another address, or sends no header within the handshake's time
   * limit or one that is malformed or has more than 4,096 bytes, is a {@link
   * dev.ferrule.event.TcpError} of the code EPROXY, and its connection is closed. The client that
   * the header names is whom admission ({@code SslAdmission}) counts and the Flight Recorder's
   * events of handshakes and ends show; {@link TcpSocket#remoteAddress} and captures have the
   * proxy, with whom the connection is.
   *
   * @param network such as {@code 10.0.0.0/8}, {@code 2001:db8::/32} or one address; not of
   *     Unix-domain sockets
   * @throws IllegalArgumentException when one is not written so
   */
  public B proxiedBy(String network, String... others) {
    proxies = Stream.concat(Stream.of(network), Stream.of(others)).map(Network::parse).toList();
    return self();
  }

  /**
   * Listens, from the moment that this returns. In a {@link LoopGroup} it joins the servers that
   * other loops opened at the same address.
   *
   * @throws dev.ferrule.event.AddressInUse when somebody else listens there
   * @throws dev.ferrule.event.TcpBindError when it cannot listen for another reason, such as a
   *     descriptor that is no listening socket
   * @throws IllegalArgumentException when the loop's poller does not do what was asked for
   */
  public V open() {
    openOnce();
    if (unknown != null) {
      throw Failures.binding(unknown, address);
    }
    OptionsCheck.server(options, address, loop.inner().poller());
    if (!descriptors.isEmpty() && !loop.inner().poller().adopts()) {
      throw new IllegalArgumentException(
          "descriptors: this loop's poller takes no sockets that listen already; epoll does");
    }
    V server = server();
    callbacks.unheard = server::countUnheard;
    ServerShare share =
        new ServerShare(loop.inner(), server, this::accepted, error -> failed(server, error));
    server.begin(share);
    try {
      ListenSettings settings = new ListenSettings(address, backlog, options, descriptors);
      loop.group().servers().open(loop.inner(), share, settings);
    } catch (IOException e) {
      throw Failures.binding(e, address);
    }
    tellCapture(server);
    return server;
  }

  private void accepted(Link link) {
    S socket;
    try {
      socket = socket();
    } catch (RuntimeException | Error e) {
      link.close(); // no connection has it yet
      throw e;
    }
    Transport own = socket.transport();
    Transport transport = proxies.isEmpty() ? own : new Proxied(proxies, own);
    connection(socket, transport, Handle.Kind.INCOMING).connected(link);
  }

  /**
   * Clients can cause errors of accepting: they are counted if nobody receives them. An error that
   * ends the server is passed to the program.
   */
  private void failed(TcpServer server, TcpError error) {
    LoopSettings settings = loop.inner().settings();
    if (error instanceof TcpAcceptError
        && callbacks.event == null
        && settings.defaultEventHandler == LoopSettings.THROW_ERRORS) {
      server.countUnheard();
    } else {
      loop.inner().invoker().tell(callbacks.event, error);
    }
  }
}
