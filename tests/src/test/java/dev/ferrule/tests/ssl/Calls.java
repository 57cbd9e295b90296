package dev.ferrule.tests.ssl;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.ClientAuth;
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
 * Connections one after the other to servers on several ports, which all have one certificate of
 * several names and one context: whether something is resumed is the client's choice.
 */
final class Calls {
  static final List<String> NAMES =
      List.of("a.example", "b.example", "c.example", "d.example", "e.example", "localhost");
  static final int SERVERS = 2;

  private static final String NOBODY = "nobody";

  /** How a connection comes to speak TLS. */
  enum How {
    AT_ONCE,
    WRAPPED
  }

  private record Call(SslContext client, String name, int server, How how, Runnable then) {}

  private final List<Call> planned = new ArrayList<>();
  private final List<Boolean> resumed = new ArrayList<>();
  private final List<String> shown = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();
  private final SslContext servers =
      SslContext.server()
          .credentials(Pki.credentials(Pki.CA.issue(NAMES.toArray(String[]::new))))
          .trust(Pki.TRUST)
          .clientAuth(ClientAuth.OPTIONAL)
          .build();

  Calls call(SslContext client, String name, int server) {
    return call(client, name, server, How.AT_ONCE);
  }

  Calls call(SslContext client, String name, int server, How how) {
    planned.add(new Call(client, name, server, how, () -> {}));
    return this;
  }

  /** What is done behind the last call. */
  Calls then(Runnable action) {
    Call last = planned.removeLast();
    planned.add(new Call(last.client, last.name, last.server, last.how, action));
    return this;
  }

  /** The port of that server, once it was run. */
  int port(int server) {
    return ports.get(server);
  }

  /** Of each connection whether it was resumed, on which both sides agree. */
  List<Boolean> run() {
    Loops.runInline(loop -> {
      List<SslServer> open = new ArrayList<>();
      for (int i = 0; i < SERVERS; i++) {
        open.add(serve(loop));
        ports.add(open.getLast().port());
      }
      next(loop, open);
    });
    return resumed;
  }

  /** Of each connection who its client is, as the server knows it. */
  List<String> shown() {
    return shown;
  }

  /** The same, where one context has a certificate. */
  List<String> expectedToShow(SslContext certified) {
    return planned.stream().map(call -> call.client == certified ? subject() : NOBODY).toList();
  }

  private static String subject() {
    return Pki.CLIENT.chain().getFirst().getSubjectX500Principal().getName();
  }

  private SslServer serve(EventLoop loop) {
    return Ssl.server(loop, "127.0.0.1", 0)
        .context(servers)
        .onSecure((socket, session) -> {
          shown.add(session.peer().map(peer -> peer.subject()).orElse(NOBODY));
          socket.write(session.resumed() ? "R" : "F");
        })
        .onRead((socket, data) -> data.position(data.limit()))
        .onEvent(event -> {})
        .open();
  }

  private void next(EventLoop loop, List<SslServer> open) {
    if (resumed.size() == planned.size()) {
      open.forEach(SslServer::close);
      return;
    }
    Call call = planned.get(resumed.size());
    int port = open.get(call.server).port();
    Runnable end =
        () -> {
          call.then.run();
          next(loop, open);
        };
    if (call.how == How.WRAPPED) {
      Ssl.wrap(Tcp.connect(loop, "127.0.0.1", port).open())
          .asClient(call.name)
          .context(call.client)
          .onRead(this::heard)
          .onEvent(Calls::fail)
          .onClose(end)
          .open();
      return;
    }
    Ssl.connect(loop, "127.0.0.1", port)
        .context(call.client)
        .serverName(call.name)
        .onRead(this::heard)
        .onEvent(Calls::fail)
        .onClose(end)
        .open();
  }

  private void heard(SslSocket socket, ByteBuffer data) {
    note(socket, data.get() == 'R');
    socket.close();
  }

  private static void fail(Event event) {
    throw new AssertionError(event.message());
  }

  private void note(SslSocket socket, boolean byServer) {
    boolean seen = socket.session().orElseThrow().resumed();
    if (seen != byServer) {
      throw new AssertionError("resumed: client " + seen + ", server " + byServer);
    }
    resumed.add(seen);
  }
}
