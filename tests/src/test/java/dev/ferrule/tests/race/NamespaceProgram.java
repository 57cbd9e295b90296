package dev.ferrule.tests.race;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.spi.SocketOptions;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What runs in a {@link Namespace}; it says what it has seen. */
final class NamespaceProgram {
  private static final List<InetAddress> ALL =
      List.of(
          InetAddress.ofLiteral(Namespace.SWALLOWED_6),
          InetAddress.ofLiteral(Namespace.SWALLOWED),
          InetAddress.ofLiteral("127.0.0.1"));

  private NamespaceProgram() {}

  public static void main(String[] arguments) {
    switch (arguments[0]) {
      case "race" -> EventLoop.setup().resolver(host -> ALL).run(NamespaceProgram::race);
      case "handshakes" ->
          EventLoop.setup().resolver(host -> ALL).run(NamespaceProgram::handshakes);
      case "silence" ->
          EventLoop.setup().resolver(host -> ALL.subList(0, 2)).run(NamespaceProgram::silence);
      case "fastopen" -> {
        EventLoop.run(loop -> fastOpen(loop, 3));
        System.out.println("passive " + counter("TCPFastOpenPassive"));
      }
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void race(EventLoop loop) {
    TcpServer server = Tcp.server(loop, "127.0.0.1", 0).onRead((s, data) -> {}).open();
    long start = System.nanoTime();
    Tcp.connect(loop, "many.example", server.port())
        .onConnect(socket -> {
          won(socket, start);
          socket.close();
        })
        .onClose(server::close)
        .open();
  }

  private static void handshakes(EventLoop loop) {
    SslServer server =
        Ssl.server(loop, "127.0.0.1", 0)
            .credentials(Pki.LOCAL)
            .onRead((s, data) -> {})
            .onEvent(event -> {})
            .open();
    long start = System.nanoTime();
    Ssl.connect(loop, "localhost", server.port())
        .trust(Pki.TRUST)
        .firstHandshakeWins()
        .onSecure((socket, session) -> {
          won(socket, start);
          socket.close();
        })
        .onClose(server::close)
        .open();
  }

  private static void won(TcpSocket socket, long start) {
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
    System.out.println(socket.remoteAddress() + " after " + millis);
  }

  private static void silence(EventLoop loop) {
    Tcp.connect(loop, "many.example", 9)
        .connectTimeout(Duration.ofMillis(600))
        .onEvent(event -> System.out.println(event.message()))
        .open();
  }

  /** The first connection brings the cookie, with which the others send their bytes at once. */
  private static void fastOpen(EventLoop loop, int left) {
    SocketOptions options = SocketOptions.NONE.fastOpen();
    TcpServer server =
        Tcp.server(loop, "127.0.0.1", 0)
            .socketOptions(options)
            .onRead(TcpSocket::write)
            .onEvent(event -> {})
            .open();
    say(loop, server, options, left);
  }

  private static void say(EventLoop loop, TcpServer server, SocketOptions options, int left) {
    Tcp.connect(loop, "127.0.0.1", server.port())
        .socketOptions(options)
        .data("hi")
        .onRead((socket, data) -> {
          System.out.println("answer " + UTF_8.decode(data));
          socket.close();
        })
        .onClose(() -> {
          if (left > 1) {
            say(loop, server, options, left - 1);
          } else {
            server.close();
          }
        })
        .open();
  }

  private static long counter(String name) {
    try {
      List<String> lines =
          Files.readAllLines(Path.of("/proc/net/netstat")).stream()
              .filter(line -> line.startsWith("TcpExt:"))
              .toList();
      List<String> names = List.of(lines.get(0).split(" ", -1));
      return Long.parseLong(lines.get(1).split(" ", -1)[names.indexOf(name)]);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
