package dev.ferrule.tests.ssl;

import dev.ferrule.BlockingSocket;
import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.ServerSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/**
 * One connection of one loop, whose client is used by a virtual thread and whose server by
 * callbacks.
 */
final class BlockingPair {
  /** What the connection is. */
  enum Kind {
    PLAIN,
    SSL
  }

  /** What a thread does with its socket, which is closed after that. */
  @FunctionalInterface
  interface User {
    void use(BlockingSocket<?> socket) throws Exception;
  }

  final Kind kind;
  final List<Event> serverEvents = new CopyOnWriteArrayList<>();
  final List<Event> clientEvents = new CopyOnWriteArrayList<>();
  volatile EventLoop loop;
  volatile TcpSocket server;
  private Consumer<ServerSetup<?, ?, ?>> serving = setup -> {};
  private Consumer<ClientSetup<?, ?>> connecting = setup -> {};
  private Consumer<TcpSocket> served = socket -> {};
  private LoopSetup setup = EventLoop.setup();
  private IntUnaryOperator between = port -> port;

  BlockingPair(Kind kind) {
    this.kind = kind;
  }

  BlockingPair loop(LoopSetup settings) {
    setup = settings;
    return this;
  }

  BlockingPair server(Consumer<ServerSetup<?, ?, ?>> settings) {
    serving = settings;
    return this;
  }

  BlockingPair client(Consumer<ClientSetup<?, ?>> settings) {
    connecting = settings;
    return this;
  }

  /** What the server does with its socket when it is open. */
  BlockingPair served(Consumer<TcpSocket> callback) {
    served = callback;
    return this;
  }

  /** The server sends back what it gets. */
  BlockingPair echoing() {
    return served(socket -> socket.onRead(TcpSocket::write));
  }

  /** Puts something between them: gets the server's port and gives the one to connect to. */
  BlockingPair through(IntUnaryOperator relay) {
    between = relay;
    return this;
  }

  /** Until both sockets have been closed. */
  void run(User user) {
    CompletableFuture<Void> used = new CompletableFuture<>();
    run(used, () -> Loops.run(setup, own -> open(own, user, used)));
  }

  /** For a user who has the loop left. */
  void runUntilExit(User user) {
    CompletableFuture<Void> used = new CompletableFuture<>();
    run(used, () -> Loops.runUntilExit(setup, own -> open(own, user, used)));
  }

  /** What the user's thread throws is why the loop was left. */
  private static void run(CompletableFuture<Void> used, Runnable loop) {
    try {
      loop.run();
    } catch (AssertionError e) {
      if (!used.isCompletedExceptionally()) {
        throw e;
      }
    }
    used.join();
  }

  private void open(EventLoop own, User user, CompletableFuture<Void> used) {
    loop = own;
    int port = between.applyAsInt(serve().port());
    ClientSetup<?, ?> client =
        kind == Kind.PLAIN
            ? Tcp.connect(own, "127.0.0.1", port)
            : Ssl.connect(own, "127.0.0.1", port).trust(Pki.TRUST);
    connecting.accept(client);
    var _ =
        client
            .openAsync()
            .thenAccept(socket -> {
              BlockingSocket<?> blocking = socket.blocking();
              Thread.ofVirtual().start(() -> use(blocking, user, used));
            })
            .whenComplete((nothing, thrown) -> failed(used, thrown));
  }

  private void use(BlockingSocket<?> socket, User user, CompletableFuture<Void> used) {
    try (socket) {
      Loops.eventually(() -> server != null); // over SSL it is open behind the client
      user.use(socket);
      used.complete(null);
    } catch (Throwable e) {
      failed(used, e);
    }
  }

  private void failed(CompletableFuture<Void> used, Throwable thrown) {
    if (thrown != null) {
      used.completeExceptionally(thrown);
      loop.execute(loop::exit);
    }
  }

  private TcpServer serve() {
    TcpServer[] listening = new TcpServer[1];
    Consumer<TcpSocket> open =
        socket -> {
          server = socket;
          served.accept(socket);
        };
    ServerSetup<?, ?, ?> listener =
        kind == Kind.PLAIN
            ? Tcp.server(loop, "127.0.0.1", 0)
                .onConnect(socket -> {
                  listening[0].close();
                  open.accept(socket);
                })
            : Ssl.server(loop, "127.0.0.1", 0)
                .credentials(Pki.LOCAL)
                .onConnect(socket -> listening[0].close())
                .onSecure((socket, session) -> open.accept(socket));
    listener.onEvent(serverEvents::add);
    serving.accept(listener);
    listening[0] = listener.open();
    return listening[0];
  }

  /** For a server that does not read, and so would not hear of the client's end. */
  void abortServer() {
    onLoop(server::abort);
  }

  /** Runs something on the loop, and waits for it. */
  void onLoop(Runnable action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        action.run();
        done.complete(null);
      } catch (Throwable e) {
        done.completeExceptionally(e);
      }
    });
    done.join();
  }

  /** A virtual thread that does something which waits; what it throws can be looked at. */
  static Waiting waiting(Call call) {
    CompletableFuture<Object> result = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                result.complete(call.call());
              } catch (Throwable e) {
                result.complete(e);
              }
            });
    Loops.eventually(() -> thread.getState() == Thread.State.WAITING || result.isDone());
    return new Waiting(thread, result);
  }

  /** What may throw. */
  @FunctionalInterface
  interface Call {
    Object call() throws Exception;
  }

  /** A thread that waits, and what it gets. */
  record Waiting(Thread thread, CompletableFuture<Object> result) {
    Throwable thrown() {
      return (Throwable) result.join();
    }
  }
}
