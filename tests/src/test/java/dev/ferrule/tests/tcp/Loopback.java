package dev.ferrule.tests.tcp;

import dev.ferrule.EventLoop;
import dev.ferrule.ReadCallback;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Short words for what most tests open. */
final class Loopback {
  static final String ADDRESS = "127.0.0.1";

  private Loopback() {}

  /** A server on a free port. */
  static Tcp.Server server(EventLoop loop) {
    return Tcp.server(loop, ADDRESS, 0);
  }

  /** A client of {@code server}, which is closed together with it. */
  static Tcp.Client client(EventLoop loop, TcpServer server) {
    return Tcp.connect(loop, ADDRESS, server.port()).onClose(server::close);
  }

  /** A server that sends back what it gets. */
  static TcpServer echo(EventLoop loop) {
    return server(loop).onRead(TcpSocket::write).onEvent(ignored()).open();
  }

  /** A server that reads and says nothing. */
  static TcpServer sink(EventLoop loop) {
    return server(loop).onRead((socket, data) -> {}).onEvent(ignored()).open();
  }

  /** A server whose sockets are nobody's business but {@code connected}'s. */
  static TcpServer server(EventLoop loop, Consumer<TcpSocket> connected) {
    return server(loop).onConnect(connected).onEvent(ignored()).open();
  }

  static Consumer<Event> ignored() {
    return event -> {};
  }

  static String text(ByteBuffer data) {
    return StandardCharsets.UTF_8.decode(data).toString();
  }

  /** Notes the names of the events. */
  static Consumer<Event> names(List<String> log) {
    return event -> log.add(event.getClass().getSimpleName());
  }

  /** Collects what is read, as text. */
  static final class Text implements ReadCallback<TcpSocket> {
    private final List<String> parts = new ArrayList<>();

    @Override
    public void read(TcpSocket socket, ByteBuffer data) {
      parts.add(text(data));
    }

    @Override
    public String toString() {
      return String.join("", parts);
    }
  }
}
