package dev.ferrule.openssl;

import dev.ferrule.event.Event;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A server that echoes once and a client that says hello, for contexts of both. */
final class Meeting {
  final List<SslSession> clients = new ArrayList<>();
  final List<SslSession> servers = new ArrayList<>();
  final List<String> data = new ArrayList<>();
  final List<Event> clientHeard = new ArrayList<>();
  final List<Event> serverHeard = new ArrayList<>();
  Consumer<SslSocket> onSecure = socket -> {};

  void meet(SslContext client, SslContext server) {
    Loops.run(loop -> {
      var listening =
          Ssl.server(loop, "127.0.0.1", 0)
              .context(server)
              .onSecure((socket, session) -> {
                servers.add(session);
                onSecure.accept(socket);
              })
              .onRead((socket, bytes) -> {
                socket.write(bytes);
                socket.close();
              })
              .onEvent(serverHeard::add)
              .open();
      Ssl.connect(loop, "127.0.0.1", listening.port())
          .context(client)
          .serverName("localhost")
          .onSecure((socket, session) -> {
            clients.add(session);
            onSecure.accept(socket);
            socket.write("hello");
          })
          .onRead((socket, bytes) -> data.add(bytes.remaining() + " bytes"))
          .onEvent(clientHeard::add)
          .onClose(listening::close)
          .open();
    });
  }

  /** The error of the client, whose handshake has failed on both sides. */
  SslError clientError() {
    return only(clientHeard);
  }

  SslError serverError() {
    return only(serverHeard);
  }

  private SslError only(List<Event> heard) {
    List<SslError> errors =
        heard.stream().filter(SslError.class::isInstance).map(SslError.class::cast).toList();
    if (!clients.isEmpty() || !servers.isEmpty() || errors.size() != 1) {
      throw new AssertionError("one failure was to be heard: " + heard);
    }
    return errors.getFirst();
  }
}
