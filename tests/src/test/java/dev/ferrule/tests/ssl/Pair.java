package dev.ferrule.tests.ssl;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.TcpServer;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * A server, a client and one connection between them, on one loop. The server takes one connection
 * and stops listening, so that the loop ends when both sockets have.
 */
final class Pair {
  final Heard server = new Heard();
  final Heard client = new Heard();
  SslSession served;
  SslSession seen;
  private SslContext prebuilt;
  private LoopSetup loop = Loops.inline();
  private Consumer<SslServerSetup> serving = s -> {};
  private Consumer<SslClientSetup> connecting = s -> {};
  private Consumer<SslSocket> accepted = s -> {};
  private Consumer<SslSocket> serverSecure = s -> {};
  private Consumer<SslSocket> clientSecure = s -> {};
  private BiFunction<EventLoop, Integer, Integer> between = (eventLoop, port) -> port;

  Pair loop(LoopSetup setup) {
    loop = setup;
    return this;
  }

  Pair server(Consumer<SslServerSetup> settings) {
    serving = settings;
    return this;
  }

  Pair client(Consumer<SslClientSetup> settings) {
    connecting = settings;
    return this;
  }

  /** The client has a context that was built before, and no settings of its own. */
  Pair shared(SslContext context) {
    prebuilt = context;
    return this;
  }

  /** TCP is up on the server's side. */
  Pair onAccept(Consumer<SslSocket> callback) {
    accepted = callback;
    return this;
  }

  Pair onServed(Consumer<SslSocket> callback) {
    serverSecure = callback;
    return this;
  }

  Pair onSecure(Consumer<SslSocket> callback) {
    clientSecure = callback;
    return this;
  }

  /** Puts something between them: gets the server's port and gives the one to connect to. */
  Pair through(BiFunction<EventLoop, Integer, Integer> relay) {
    between = relay;
    return this;
  }

  Pair run() {
    Loops.run(loop, this::open);
    return this;
  }

  /** For a loop that is left by {@link EventLoop#exit} or an exception. */
  Pair runUntilExit() {
    Loops.runUntilExit(loop, this::open);
    return this;
  }

  private void open(EventLoop eventLoop) {
    SslServer listening =
        serve(
            eventLoop,
            server,
            serving,
            accepted,
            (socket, session) -> {
              served = session;
              server.order.add("secure");
              serverSecure.accept(socket);
            });
    connect(eventLoop, between.apply(eventLoop, listening.port()));
  }

  private void connect(EventLoop eventLoop, int port) {
    SslClientSetup setup =
        Ssl.connect(eventLoop, "127.0.0.1", port)
            .onEvent(client::event)
            .onRead((socket, data) -> client.read(data))
            .onClose(client::close)
            .onSecure((socket, session) -> {
              seen = session;
              client.order.add("secure");
              clientSecure.accept(socket);
            });
    connecting.accept(prebuilt == null ? setup.trust(Pki.TRUST) : setup.context(prebuilt));
    setup.open();
  }

  /** A server that takes one connection, and only notes what it hears. */
  static SslServer serve(EventLoop eventLoop, Heard heard) {
    return serve(eventLoop, heard, s -> {});
  }

  /** The same with settings. */
  static SslServer serve(EventLoop eventLoop, Heard heard, Consumer<SslServerSetup> settings) {
    return serve(eventLoop, heard, settings, s -> {}, (socket, session) -> {});
  }

  /** A server that takes one connection. */
  static SslServer serve(
      EventLoop eventLoop,
      Heard heard,
      Consumer<SslServerSetup> settings,
      Consumer<SslSocket> accepted,
      java.util.function.BiConsumer<SslSocket, SslSession> secure) {
    AtomicReference<TcpServer> listening = new AtomicReference<>();
    SslServerSetup setup =
        Ssl.server(eventLoop, "127.0.0.1", 0)
            .credentials(Pki.LOCAL)
            .onEvent(heard::event)
            .onRead((socket, data) -> heard.read(data))
            .onClose(heard::close)
            .onConnect(socket -> {
              listening.get().close();
              accepted.accept(socket);
            })
            .onSecure(secure);
    settings.accept(setup);
    SslServer server = setup.open();
    listening.set(server);
    return server;
  }
}
