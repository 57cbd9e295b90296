package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Opens, uses and ends many connections, some at the same time, in turn in every way there is; then
 * leaves a loop while some live. All on shared contexts.
 */
final class Soak {
  /** One way of a connection's life: begins it, and calls when its client has closed. */
  private interface Way {
    void begin(EventLoop loop, Runnable ended);
  }

  private static final SslContext SERVERS = SslContext.server().credentials(Pki.LOCAL).build();
  private static final SslContext CLIENTS = SslContext.client().trust(Pki.TRUST).build();
  private static final SslContext STRANGERS =
      SslContext.client().trust(List.of(ThrowawayCa.create().certificate())).build();

  private final List<Way> ways = new ArrayList<>();
  private final List<SslServer> servers = new ArrayList<>();
  private final int total;
  private int begun;
  private int ended;

  private Soak(int total) {
    this.total = total;
  }

  /** For a JVM of its own: how many connections, and how many at once. */
  public static void main(String[] arguments) {
    long before = Provided.HELD.getAsLong();
    run(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
    long held = Provided.HELD.getAsLong() - before;
    if (held > 0) {
      throw new AssertionError(held + " native objects are held");
    }
  }

  /** Afterwards nothing is open. */
  static void run(int total, int atOnce) {
    Soak soak = new Soak(total);
    Loops.run(loop -> {
      soak.openServers(loop);
      for (int i = 0; i < atOnce; i++) {
        soak.begin(loop);
      }
    });
    if (soak.ended != total) {
      throw new AssertionError(soak.ended + " of " + total + " connections have ended");
    }
    leaveWhileSomeLive();
  }

  private void begin(EventLoop loop) {
    ways.get(begun++ % ways.size()).begin(loop, () -> next(loop));
  }

  private void next(EventLoop loop) {
    ended++;
    if (begun < total) {
      begin(loop);
    } else if (ended == total) {
      servers.forEach(TcpServer::close);
    }
  }

  private void openServers(EventLoop loop) {
    int port = serve(loop, s -> s.onRead(Soak::obey));
    clientsEnd(port);
    serversEnd(port);
    handshakesEnd(port);
    for (Moment moment : Moment.values()) {
      inCallback(port, moment, TcpSocket::close);
      inCallback(port, moment, TcpSocket::abort);
    }
    for (Consumer<SslSocket> end :
        List.<Consumer<SslSocket>>of(SslSocket::close, SslSocket::abort)) {
      meets(serve(loop, s -> s.onConnect(end)));
      meets(serve(loop, s -> s.onSecure((socket, session) -> end.accept(socket))));
    }
  }

  private int serve(EventLoop loop, Consumer<SslServerSetup> settings) {
    SslServerSetup setup = Ssl.server(loop, "127.0.0.1", 0).context(SERVERS).backlog(1_000);
    settings.accept(setup.onEvent(event -> {}));
    SslServer server = setup.open();
    servers.add(server);
    return server.port();
  }

  private static void obey(SslSocket socket, ByteBuffer data) {
    switch (data.get()) {
      case 'c' -> socket.close();
      case 'a' -> socket.abort();
      case 'b' -> {
        socket.write("you too");
        socket.close();
      }
      case 'h', 't' -> { // hello, or told, from a callback that is to end it; else we do, later
        socket.write("welcome");
        socket.loop().delay(Duration.ofMillis(10), socket::close);
      }
      default -> {}
    }
  }

  private static SslClientSetup client(EventLoop loop, int port, Runnable ended) {
    return Ssl.connect(loop, "127.0.0.1", port)
        .context(CLIENTS)
        .onRead((socket, data) -> socket.close())
        .onEvent(event -> {})
        .onClose(ended);
  }

  private void clientsEnd(int port) {
    whenSecure(port, SslSocket::close);
    whenSecure(port, SslSocket::abort);
    whenSecure(port, SslSocket::shutdownOutput);
    whenSecure(
        port,
        socket -> {
          socket.write(new byte[2_000_000]);
          socket.abort();
        });
  }

  private void serversEnd(int port) {
    for (String order : new String[] {"close", "both", "abort"}) {
      whenSecure(port, socket -> socket.write(order));
    }
  }

  private void whenSecure(int port, Consumer<SslSocket> then) {
    ways.add((loop, ended) ->
        client(loop, port, ended).onSecure((socket, session) -> then.accept(socket)).open());
  }

  /** It ends by what the server does. */
  private void meets(int port) {
    ways.add((loop, ended) -> client(loop, port, ended).open());
  }

  private void handshakesEnd(int port) {
    ways.add((loop, ended) ->
        Ssl.connect(loop, "127.0.0.1", port)
            .context(STRANGERS)
            .onEvent(event -> {})
            .onClose(ended)
            .open());
    for (byte[] garbage :
        new byte[][] {"GET /\r\n\r\n".getBytes(UTF_8), {22, 3, 1, 0, 2, 9, 9}, {}}) {
      ways.add((loop, ended) -> says(loop, port, garbage, ended));
    }
    for (Cut cut : Cut.values()) {
      for (boolean reset : new boolean[] {false, true}) {
        ways.add((loop, ended) ->
            client(loop, Relay.open(loop, port, cut.by(reset)), ended).data("a request").open());
      }
    }
  }

  private static void says(EventLoop loop, int port, byte[] bytes, Runnable ended) {
    Tcp.connect(loop, "127.0.0.1", port)
        .onRead((socket, data) -> {})
        .onConnect(socket -> {
          socket.write(bytes);
          socket.shutdownOutput();
        })
        .onEvent(event -> {})
        .onClose(ended)
        .open();
  }

  private void inCallback(int port, Moment moment, Consumer<TcpSocket> end) {
    ways.add((loop, ended) -> {
      SslClientSetup setup = client(loop, port, ended).onRead((socket, data) -> {});
      Consumer<TcpSocket> code = moment == Moment.CLOSE ? end.andThen(s -> ended.run()) : end;
      Moment.Act act = moment.on(setup, code);
      setup.onConnect(act::connected).onSecure((socket, session) -> act.secured(socket)).open();
    });
  }

  private static void leaveWhileSomeLive() {
    int[] secure = new int[1];
    Loops.runUntilExit(
        Loops.inline(),
        loop -> {
          SslServer server = Ssl.server(loop, "127.0.0.1", 0).context(SERVERS).backlog(100).open();
          for (int i = 0; i < 40; i++) {
            client(loop, server.port(), () -> {})
                .onSecure((socket, session) -> {
                  socket.write(new byte[1 << 20]);
                  if (++secure[0] == 20) {
                    loop.exit();
                  }
                })
                .open();
          }
        });
  }
}
