package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.SocketSetup;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.SslSession;
import java.nio.ByteBuffer;

/** Notes what sockets tell. Any thread. */
final class Witness {
  final Notes<Event> events = new Notes<>();
  final Notes<SslSession> sessions = new Notes<>();
  final Notes<String> closes = new Notes<>();
  private final Notes<String> texts = new Notes<>(); // all that was received, after each piece
  private String text = "";

  /** Notes what is read, events and closes. */
  <S extends TcpSocket, B extends SocketSetup<S, B>> B on(B setup) {
    return setup
        .onRead((socket, data) -> read(data))
        .onEvent(events::add)
        .onClose(() -> closes.add("closed"));
  }

  void secured(Object socket, SslSession session) {
    sessions.add(session);
  }

  void read(ByteBuffer data) {
    text += UTF_8.decode(data);
    texts.add(text);
  }

  /** What was received, once it contains {@code part}. */
  String awaitText(String part) {
    return texts.await(all -> all.contains(part));
  }

  String text() {
    return texts.all().isEmpty() ? "" : texts.all().getLast();
  }

  SslSession awaitSession(int number) {
    return sessions.await(number, any -> true).get(number - 1);
  }

  <E extends Event> E awaitEvent(Class<E> kind) {
    return kind.cast(events.await(kind::isInstance));
  }

  void awaitClosed(int times) {
    closes.await(times, any -> true);
  }
}
