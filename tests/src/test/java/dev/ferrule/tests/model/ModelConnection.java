package dev.ferrule.tests.model;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslUpgradeSetup;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.model.Program.Kind;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Two sockets that are connected, and what must be so between them when nothing moves. */
final class ModelConnection {
  private static final String HOST = "127.0.0.1";

  /** Contexts are made once: their sessions resume, which is cheaper. */
  private static final Map<Protocol, SslContext> CLIENTS =
      Map.of(
          Protocol.TLS_1_2, client(Protocol.TLS_1_2), Protocol.TLS_1_3, client(Protocol.TLS_1_3));

  private static final SslContext SERVERS = SslContext.server().credentials(Pki.LOCAL).build();

  final ModelSocket client;
  final ModelSocket server;
  private final Kind kind;
  private final Protocol version;
  private final boolean early; // it is wrapped before it is connected
  private TcpServer listening;
  boolean rough; // whether errors belong to it

  ModelConnection(Simulation simulation, int number, Kind kind, boolean rough, Random random) {
    this.kind = kind;
    this.rough = rough;
    this.version = random.nextInt(3) == 0 ? Protocol.TLS_1_2 : Protocol.TLS_1_3;
    this.early = kind == Kind.WRAPPED && random.nextInt(3) == 0;
    client = new ModelSocket(simulation, this, 2 * number, random);
    server = new ModelSocket(simulation, this, 2 * number + 1, random);
    client.peer = server;
    server.peer = client;
  }

  private static SslContext client(Protocol version) {
    return SslContext.client().trust(Pki.TRUST).maxProtocol(version).build();
  }

  List<ModelSocket> sockets() {
    return List.of(client, server);
  }

  boolean isPlain() {
    return kind == Kind.PLAIN;
  }

  void open(EventLoop loop) {
    if (kind == Kind.SSL) {
      listening =
          server
              .equip(Ssl.server(loop, HOST, 0).context(SERVERS))
              .onSecure((socket, session) -> server.secured())
              .open();
      client.socket =
          client
              .equip(Ssl.connect(loop, HOST, listening.port()).context(CLIENTS.get(version)))
              .onSecure((socket, session) -> client.secured())
              .open();
    } else {
      listening = server.equip(Tcp.server(loop, HOST, 0)).open();
      client.socket = client.equip(Tcp.connect(loop, HOST, listening.port())).open();
      if (early) {
        wrap(client, false);
      }
    }
  }

  /** TCP is up on this side. */
  void connected(ModelSocket side) {
    if (early && side == server) {
      wrap(server, true);
    }
  }

  void stopListening() {
    listening.close();
  }

  // ---- what the program does to both

  /** A side is closed or shut down. */
  void endsBySide(ModelSocket side) {
    boolean handshakeCut = kind == Kind.SSL && !(client.secured && server.secured);
    boolean begun = client.wrapped || server.wrapped;
    boolean wrapCut = kind == Kind.WRAPPED && begun && !bothSecured();
    rough |= handshakeCut || wrapCut || endsTogether();
    rough |= !side.connected;
  }

  /** Before TLS 1.3 the end of one side is answered at once, whatever the other had to say. */
  boolean endsTogether() {
    return kind != Kind.PLAIN && version == Protocol.TLS_1_2;
  }

  private boolean bothSecured() {
    return client.secured && server.secured;
  }

  /** STARTTLS, if it is possible just now: the side becomes the SSL server. */
  void wrap(ModelSocket side, int size) {
    ModelSocket other = side.peer;
    boolean ready =
        kind == Kind.WRAPPED
            && !side.wrapped
            && !other.wrapped
            && side.isOpen()
            && other.isOpen()
            && !side.shut
            && !other.shut
            && side.writes
            && side.arrived() == other.written
            && side.arrived() == side.taken();
    if (!ready) {
      return;
    }
    side.perform(Act.WRITE_DONE, size);
    wrap(side, true);
    other.silent = true;
    follow(other);
  }

  /** The other side wraps once it has read all that came in clear. */
  void follow(ModelSocket side) {
    if (side.silent && side.taken() == side.peer.writtenInClear && side.isOpen() && !side.shut) {
      side.silent = false;
      wrap(side, false);
    }
  }

  private void wrap(ModelSocket side, boolean asServer) {
    side.wrapped = true;
    side.writtenInClear = side.written;
    SslUpgradeSetup setup =
        asServer
            ? Ssl.wrap(side.socket).asServer(SERVERS)
            : Ssl.wrap(side.socket).asClient(HOST).context(CLIENTS.get(version));
    SslSocket secure = setup.onSecure((socket, session) -> side.secured()).open();
    side.socket = secure;
  }

  // ---- what must be so

  /** Nothing moves any more, and will not before {@code nanos} have passed. */
  void requireQuiet(long nanos) {
    if (client.confused || server.confused) {
      return;
    }
    if (client.failedOrAborted() || server.failedOrAborted()) {
      return;
    }
    requireSecured();
    requireFlow(client);
    requireFlow(server);
    for (ModelSocket side : sockets()) {
      if (side.isOpen() && isUp(side)) {
        side.requireNoDebt();
        side.requireTimers(nanos);
      }
    }
    if (isEnding(client) && isEnding(server) && !(client.closed && server.closed)) {
      throw client.failed("both sides are closed, and it goes on: " + server);
    }
  }

  private static boolean isEnding(ModelSocket side) {
    return side.connected && (side.closed || side.socket.isClosed());
  }

  private void requireSecured() {
    boolean goesOn = client.isOpen() && server.isOpen();
    boolean secures = kind == Kind.SSL || (client.wrapped && server.wrapped);
    if (goesOn && secures && !bothSecured()) {
      throw client.failed("the handshake hangs: " + server);
    }
    if (!client.connected && !client.closed && !client.socket.isClosed()) {
      throw client.failed("not connected");
    }
  }

  private boolean isUp(ModelSocket side) {
    boolean plain = kind == Kind.PLAIN || (kind == Kind.WRAPPED && !side.wrapped);
    return side.connected && (plain || side.secured);
  }

  /** What one side wrote is there on the other side, if that reads. */
  private void requireFlow(ModelSocket from) {
    ModelSocket to = from.peer;
    boolean sends = isUp(from) && (from.writes || from.closed || from.socket.isClosed());
    boolean takes = to.isOpen() && isUp(to) && to.isReading() && from.wrapped == to.wrapped;
    if (!sends || !takes || to.arrived() - to.taken() >= to.maxUnread) {
      return;
    }
    if (to.arrived() != from.written) {
      throw to.failed("bytes are missing, the peer is " + from);
    }
    boolean ends = from.shut || from.closed || from.socket.isClosed();
    boolean held = endsTogether() && to.socket.queued() > 0; // what is queued goes out before
    if (ends && !held && !to.ended) {
      throw to.failed("the end is missing, the peer is " + from);
    }
  }
}
