package dev.ferrule.ssl;

import dev.ferrule.AsyncStream;
import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Opens SSL sockets and servers, and wraps open sockets. The calls are made on the loop's thread.
 * Each returns a setup, whose {@code open} opens the socket.
 */
public final class Ssl {
  private Ssl() {}

  /**
   * A client of a host, by name or address. cl-async: {@code tcp-ssl-connect}.
   *
   * @throws IllegalArgumentException when {@code port} is not from 0 to 65535
   */
  public static SslClientSetup connect(EventLoop loop, String host, int port) {
    return new SslClientSetup(loop, host, port);
  }

  /** A client of an address; for a Unix-domain one, say its name with {@code serverName}. */
  public static SslClientSetup connect(EventLoop loop, SocketAddress address) {
    return new SslClientSetup(loop, address);
  }

  /**
   * A server on an address of this machine, null for every address, port 0 for any free one.
   * cl-async: {@code tcp-ssl-server}.
   *
   * @throws IllegalArgumentException when {@code port} is not from 0 to 65535
   */
  public static SslServerSetup server(EventLoop loop, @Nullable String address, int port) {
    return new SslServerSetup(loop, address, port);
  }

  /** A server on an address, which may be a {@link java.net.UnixDomainSocketAddress}. */
  public static SslServerSetup server(EventLoop loop, SocketAddress address) {
    return new SslServerSetup(loop, address);
  }

  /** Turns a connected socket into an SSL socket (STARTTLS). cl-async: {@code wrap-in-ssl}. */
  public static Wrap wrap(TcpSocket plain) {
    return new Wrap(plain);
  }

  /**
   * Turns the socket of a stream into an SSL socket; the stream carries decrypted data from then
   * on.
   */
  public static Wrap wrap(AsyncStream plain) {
    return new Wrap(plain.socket());
  }

  /** The role in which a socket is wrapped. */
  public static final class Wrap {
    private final TcpSocket plain;

    private Wrap(TcpSocket plain) {
      this.plain = plain;
    }

    /** As the client of {@code host}, whose certificate must name it. */
    public SslUpgradeSetup asClient(String host) {
      return new SslUpgradeSetup(plain, false, host);
    }

    /** As a server; its certificate and key are still to be given. */
    public SslUpgradeSetup asServer() {
      return new SslUpgradeSetup(plain, true, null);
    }

    /** As a server with a context that was built before. */
    public SslUpgradeSetup asServer(SslContext context) {
      return asServer().context(context);
    }
  }
}
