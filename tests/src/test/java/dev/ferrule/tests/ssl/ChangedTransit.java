package dev.ferrule.tests.ssl;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import java.net.SocketAddress;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Somebody between one client and a server, who changes the records of one direction, or of both. A
 * side that ends ends the other one too.
 */
final class ChangedTransit {
  private final ChangedRecords up; // null: they pass as they are
  private final ChangedRecords down;
  private TcpSocket client;
  private TcpSocket server;

  private ChangedTransit(Random random) {
    int ways = random.nextInt(5);
    up = ways != 0 && ways != 1 ? new ChangedRecords(random) : null;
    down = ways != 2 && ways != 3 ? new ChangedRecords(random) : null;
  }

  /**
   * The port of one for a single connection to {@code port}; {@code from} hears the address from
   * which it connects there.
   */
  static int open(EventLoop loop, int port, Random random, Consumer<SocketAddress> from) {
    ChangedTransit transit = new ChangedTransit(random);
    AtomicReference<TcpServer> listening = new AtomicReference<>();
    listening.set(
        Tcp.server(loop, "127.0.0.1", 0)
            .onEvent(event -> transit.ended(false))
            .onRead((socket, data) -> pass(transit.up, transit.server, data))
            .onConnect(accepted -> {
              listening.get().close();
              transit.client = accepted;
              transit.connect(loop, port, from);
            })
            .open());
    return listening.get().port();
  }

  private void connect(EventLoop loop, int port, Consumer<SocketAddress> from) {
    server =
        Tcp.connect(loop, "127.0.0.1", port)
            .onConnect(socket -> from.accept(socket.localAddress()))
            .onEvent(event -> ended(true))
            .onRead((socket, data) -> pass(down, client, data))
            .open();
  }

  private static void pass(ChangedRecords changes, TcpSocket to, java.nio.ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    byte[] passed = changes == null ? bytes : changes.pass(bytes);
    if (!to.isClosed()) {
      to.write(passed);
    }
  }

  /** What still waits goes before the end. */
  private void ended(boolean byServer) {
    TcpSocket other = byServer ? client : server;
    ChangedRecords changes = byServer ? down : up;
    if (other != null && !other.isClosed()) {
      if (changes != null) {
        other.write(changes.end());
      }
      other.close();
    }
  }
}
