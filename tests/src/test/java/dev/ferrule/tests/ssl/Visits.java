package dev.ferrule.tests.ssl;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Connections one after the other to one address, whose server changes its context: what clients
 * take for one server is several.
 */
final class Visits {
  /** How it went for a visitor. */
  enum Outcome {
    FULL,
    RESUMED,
    REFUSED
  }

  private record Visit(Runnable before, SslContext client, SslContext server) {}

  private final List<Visit> planned = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();

  static SslContext client(Protocol version) {
    return SslContext.client().trust(Pki.TRUST).minProtocol(version).maxProtocol(version).build();
  }

  Visits to(SslContext server, SslContext client) {
    return to(server, client, () -> {});
  }

  /** One more visit, and what is done before. */
  Visits to(SslContext server, SslContext client, Runnable before) {
    planned.add(new Visit(before, client, server));
    return this;
  }

  List<Outcome> run() {
    Loops.runInline(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .context(planned.getFirst().server)
              .onSecure((socket, session) -> {
                outcomes.set(
                    outcomes.size() - 1, session.resumed() ? Outcome.RESUMED : Outcome.FULL);
                socket.write("!");
              })
              .onRead((socket, data) -> data.position(data.limit()))
              .onEvent(event -> {})
              .open();
      next(loop, server);
    });
    return outcomes;
  }

  private void next(EventLoop loop, SslServer server) {
    if (outcomes.size() == planned.size()) {
      server.close();
      return;
    }
    Visit visit = planned.get(outcomes.size());
    outcomes.add(Outcome.REFUSED); // unless the server says something else
    visit.before.run();
    server.context(visit.server);
    Ssl.connect(loop, "127.0.0.1", server.port())
        .context(visit.client)
        .onRead((socket, data) -> leave(socket, data))
        .onEvent(event -> {})
        .onClose(() -> next(loop, server))
        .open();
  }

  private static void leave(SslSocket socket, ByteBuffer data) {
    data.position(data.limit());
    socket.close();
  }
}
