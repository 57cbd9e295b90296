package dev.ferrule.tests.ssl;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Connections between two contexts, each opened and looked at while those before are open. */
final class Resumptions {
  private final SslContext clients;
  private final BiConsumer<SslSocket, SslSocket> look;
  private final ArrayDeque<SslSocket> served = new ArrayDeque<>();
  private final List<SslSocket> open = new ArrayList<>();
  private int left;

  private Resumptions(SslContext clients, int number, BiConsumer<SslSocket, SslSocket> look) {
    this.clients = clients;
    this.left = number;
    this.look = look;
  }

  static void of(
      SslContext servers, SslContext clients, int number, BiConsumer<SslSocket, SslSocket> look) {
    Resumptions all = new Resumptions(clients, number, look);
    Loops.runInline(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .context(servers)
              .onSecure((socket, session) -> {
                all.served.add(socket);
                socket.write("hello");
              })
              .open();
      all.connect(loop, server);
    });
  }

  /** The greeting comes behind the tickets. */
  private void connect(EventLoop loop, SslServer server) {
    if (left-- == 0) {
      server.close();
      open.forEach(SslSocket::close);
      return;
    }
    Ssl.connect(loop, "127.0.0.1", server.port())
        .context(clients)
        .onRead((socket, data) -> {
          look.accept(served.remove(), socket);
          open.add(socket);
          connect(loop, server);
        })
        .open();
  }
}
