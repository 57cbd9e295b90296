package dev.ferrule.bench.soak;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import java.nio.ByteBuffer;

/** Stands between one client and the server, counts the bytes of both ways, and breaks in. */
final class Relay {
  private final TcpSocket client;
  private final TcpSocket server;
  private final boolean damages;
  private long left;

  private Relay(TcpSocket client, int port, boolean damages, long after) {
    this.client = client;
    this.damages = damages;
    this.left = after;
    server =
        Tcp.connect(client.loop(), Life.HOST, port)
            .onRead((socket, data) -> pass(client, data))
            .onEvent(event -> {})
            .onClose(client::abort)
            .open();
    client.onRead((socket, data) -> pass(server, data));
    client.onClose(server::abort);
  }

  /** A port of its own for one connection, which breaks or is damaged after so many bytes. */
  static int open(EventLoop loop, int port, boolean damages, long after) {
    var listener =
        Tcp.server(loop, Life.HOST, 0)
            .onConnect(socket -> new Relay(socket, port, damages, after))
            .onEvent(event -> {})
            .open();
    // A relay takes one connection; the listener goes with its loop.
    return listener.port();
  }

  private void pass(TcpSocket to, ByteBuffer data) {
    int size = data.remaining();
    if (left >= 0 && left < size) {
      if (!damages) {
        client.abort();
        server.abort();
        return;
      }
      byte[] changed = new byte[size];
      data.get(changed);
      changed[(int) left] ^= 0x55;
      left = -1;
      to.write(changed);
      return;
    }
    if (left >= 0) {
      left -= size;
    }
    to.write(data);
  }
}
