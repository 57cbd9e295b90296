package dev.ferrule;

import dev.ferrule.connection.Transport;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Opens plain TCP sockets and servers. The calls are made on the loop's thread. */
public final class Tcp {
  private Tcp() {}

  /**
   * A client of a host, by name or address; ended by {@code open}. cl-async: {@code tcp-connect}.
   *
   * @throws IllegalArgumentException when {@code port} is not from 0 to 65535
   */
  public static Client connect(EventLoop loop, String host, int port) {
    return new Client(loop, host, port);
  }

  /** A client of an address, which may be a {@link java.net.UnixDomainSocketAddress}. */
  public static Client connect(EventLoop loop, SocketAddress address) {
    return new Client(loop, address);
  }

  /**
   * A server on an address of this machine, null for every address, port 0 for any free one; ended
   * by {@code open}. cl-async: {@code tcp-server}.
   *
   * @throws IllegalArgumentException when {@code port} is not from 0 to 65535
   */
  public static Server server(EventLoop loop, @Nullable String address, int port) {
    return new Server(loop, address, port);
  }

  /** A server on an address, which may be a {@link java.net.UnixDomainSocketAddress}. */
  public static Server server(EventLoop loop, SocketAddress address) {
    return new Server(loop, address);
  }

  /**
   * Joins two sockets of one loop: from now on each is sent what the other receives, and what waits
   * unread goes first. What a read callback holds just now is not: the callback writes that itself.
   * Either socket may have ended already; then the other ends too.
   *
   * @throws IllegalArgumentException when both are one socket, or belong to two loops
   * @throws IllegalStateException when one was wrapped (pass the socket that wraps it), or is in
   *     another relay that has not ended
   */
  public static Relay relay(TcpSocket first, TcpSocket second) {
    return Relay.begin(first, second);
  }

  /** The settings of a plain client. */
  public static final class Client extends ClientSetup<TcpSocket, Client> {
    private Client(EventLoop loop, String host, int port) {
      super(loop, host, port);
    }

    private Client(EventLoop loop, SocketAddress address) {
      super(loop, address);
    }

    @Override
    protected TcpSocket socket() {
      return new TcpSocket(Transport.PLAIN);
    }
  }

  /** The settings of a plain server. */
  public static final class Server extends ServerSetup<TcpSocket, TcpServer, Server> {
    private Server(EventLoop loop, @Nullable String address, int port) {
      super(loop, address, port);
    }

    private Server(EventLoop loop, SocketAddress address) {
      super(loop, address);
    }

    @Override
    protected TcpSocket socket() {
      return new TcpSocket(Transport.PLAIN);
    }

    @Override
    protected TcpServer server() {
      return new TcpServer();
    }
  }
}
