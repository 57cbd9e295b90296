package dev.ferrule.ssl;

import dev.ferrule.AsyncStream;
import dev.ferrule.BlockingSocket;
import dev.ferrule.EventLoop;
import dev.ferrule.Proxy;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.hello.HelloReader;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens SSL sockets and servers, and wraps open sockets. Those calls are made on the loop's thread.
 * Each returns a setup, whose {@code open} opens the socket.
 */
public final class Ssl {
  private Ssl() {}

  /**
   * {@code plain}, an HTTP proxy mostly, spoken to over SSL; its certificate is verified by the
   * settings of {@code context}, for its host. SSL to the peer is then inside of that, by any
   * provider.
   *
   * @param context one of clients
   * @throws SslConfigException when it is one of servers
   */
  public static Proxy proxy(Proxy plain, SslContext context) {
    return SslProxy.of(plain, context);
  }

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
   * Connects for a thread that runs no loop, and waits until the handshake is done and the server
   * was verified, chain and host. A shared loop serves the socket, on a daemon thread that begins
   * with the first one and never keeps the JVM running. Any thread; one that runs a loop would hold
   * it up. Resolving and connecting may take 30 s, the handshake 10 s.
   *
   * @throws IOException when it cannot be opened: {@link java.net.UnknownHostException}, {@link
   *     java.net.ConnectException}, {@link java.net.SocketTimeoutException} or another, with the
   *     event as its cause, such as the {@link SslError}; {@link java.io.InterruptedIOException}
   *     when the thread is interrupted, which ends the attempt
   * @throws IllegalArgumentException when {@code port} is not from 0 to 65535
   * @throws IllegalStateException when this thread runs a loop
   */
  public static BlockingSocket<SslSocket> dial(String host, int port) throws IOException {
    return dial(host, port, settings -> {});
  }

  /**
   * The same with settings, which are made on the shared loop's thread; so they must not wait for
   * anything, and callbacks among them are called there. Programs that dial often build a context
   * once and give it here ({@code ssl -> ssl.context(context)}), which saves reading files and
   * resumes sessions.
   *
   * @throws SslConfigException when the settings have no meaning, or a file cannot be used
   */
  public static BlockingSocket<SslSocket> dial(
      String host, int port, Consumer<? super SslClientSetup> settings) throws IOException {
    return SslClientSetup.dialled(host, port, settings);
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

  /**
   * Looks for what is weak in a context: its versions, suites and options, whether it verifies, and
   * the strength, dates and chain of its own certificates. Of a context with certificates by name
   * all are examined. It reads no file and opens nothing, takes about a millisecond (tens of them
   * where it reads the system's trust store, once in a JVM), and may be called by any thread, again
   * from time to time: certificates come to an end while a server runs.
   *
   * @return the findings of now, the worst first, unmodifiable; empty when there is nothing to say
   */
  public static List<SslFinding> audit(SslContext context) {
    return SslAudit.of(context, Instant.now());
  }

  /**
   * Reads a client's hello from the first bytes that it sent, from position to limit, which stay as
   * they are: for a program that passes a connection on by the name that the client asks for (SNI)
   * and does not decrypt it. With a stream they are had by {@code peek}, and {@code Tcp.relay}
   * passes them on. Any thread.
   *
   * @return empty while the hello is not whole: there is more to come
   * @throws SslError when the client does not speak SSL, or its hello is malformed or has more than
   *     64 KiB; nothing was sent to it
   */
  public static Optional<SslHello> hello(ByteBuffer firstBytes) {
    return Optional.ofNullable(HelloReader.hello(firstBytes));
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
