package dev.ferrule.tests.ssl;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;

/** Somebody between a client and a server, who sees each burst of bytes and may change it. */
final class Relay {
  /** What happens to a burst. Either side may be shut down or aborted meanwhile. */
  @FunctionalInterface
  interface Tamper {
    void pass(Relay relay, boolean fromClient, byte[] bytes);
  }

  private final Tamper tamper;
  TcpSocket client;
  TcpSocket server;
  long fromClient;
  long fromServer;

  private Relay(Tamper tamper) {
    this.tamper = tamper;
  }

  /** The port of a relay for one connection to {@code port}. */
  static int open(EventLoop loop, int port, Tamper tamper) {
    Relay relay = new Relay(tamper);
    AtomicReference<TcpServer> listening = new AtomicReference<>();
    TcpServer server =
        Tcp.server(loop, "127.0.0.1", 0)
            .onEvent(event -> end(relay.server))
            .onRead((socket, data) -> relay.pass(true, data))
            .onConnect(accepted -> {
              listening.get().close();
              relay.client = accepted;
              accepted.disableReading();
              relay.server = relay.connect(loop, port);
            })
            .open();
    listening.set(server);
    return server.port();
  }

  private TcpSocket connect(EventLoop loop, int port) {
    return Tcp.connect(loop, "127.0.0.1", port)
        .onEvent(event -> end(client))
        .onRead((socket, data) -> pass(false, data))
        .onConnect(socket -> {
          if (!client.isClosed()) {
            client.enableReading();
          }
        })
        .open();
  }

  private void pass(boolean up, ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    fromClient += up ? bytes.length : 0;
    fromServer += up ? 0 : bytes.length;
    tamper.pass(this, up, bytes);
  }

  /** Hands bytes on, if there is still somebody to take them. */
  void forward(boolean up, byte[] bytes) {
    TcpSocket to = up ? server : client;
    if (!to.isClosed()) {
      to.write(bytes);
    }
  }

  private static void end(TcpSocket other) {
    if (other != null) {
      other.close();
    }
  }

  /** Takes nothing more from either side, so that neither hears of the other's end. */
  void hold() {
    for (TcpSocket side : new TcpSocket[] {client, server}) {
      if (!side.isClosed()) {
        side.disableReading();
      }
    }
  }

  /** Ends both connections, by FIN or by RST. */
  void cut(boolean reset) {
    if (reset) {
      client.abort();
      server.abort();
    } else {
      client.close();
      server.close();
    }
  }
}
