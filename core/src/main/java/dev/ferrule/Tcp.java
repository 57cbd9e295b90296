package dev.ferrule;

import dev.ferrule.connection.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.Consumer;
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
   * Connects for a thread that runs no loop, and waits until it is connected. A shared loop serves
   * the socket, on a daemon thread that begins with the first one and never keeps the JVM running.
   * Any thread; one that runs a loop would hold it up. Resolving and connecting may take 30 s.
   *
   * @throws IOException when it cannot be connected: {@link java.net.UnknownHostException}, {@link
   *     java.net.ConnectException}, {@link java.net.SocketTimeoutException} or another, with the
   *     event as its cause; {@link java.io.InterruptedIOException} when the thread is interrupted,
   *     which ends the attempt
   * @throws IllegalArgumentException when {@code port} is not from 0 to 65535
   * @throws IllegalStateException when this thread runs a loop
   */
  public static BlockingSocket<TcpSocket> dial(String host, int port) throws IOException {
    return dial(host, port, settings -> {});
  }

  /**
   * The same with settings, which are made on the shared loop's thread; so they must not wait for
   * anything, and callbacks among them are called there.
   */
  public static BlockingSocket<TcpSocket> dial(
      String host, int port, Consumer<? super Client> settings) throws IOException {
    return Client.dialled(host, port, settings);
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
   *     another relay that has not ended, or is being unwrapped
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

    private static BlockingSocket<TcpSocket> dialled(
        String host, int port, Consumer<? super Client> settings) throws IOException {
      return dial(loop -> {
        Client client = new Client(loop, host, port);
        settings.accept(client);
        return client;
      });
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
