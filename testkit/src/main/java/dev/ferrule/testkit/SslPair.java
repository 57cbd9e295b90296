package dev.ferrule.testkit;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSocket;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client and a server with SSL between them, connected in memory: no port, no file, no waiting.
 * {@link #run} opens both on a loop of a {@link SimulatedNetwork} and returns when both are closed.
 * Time passes only when nothing else happens, so a limit of an hour takes none.
 *
 * <pre>{@code
 * SslPair.create()
 *     .server(server -> server.onRead((socket, data) -> socket.write(data)))
 *     .client(client -> client.data("hello").onRead((socket, data) -> socket.close()))
 *     .run();
 * }</pre>
 *
 * <p>Unless {@link #contexts} gives others, the server has a certificate for {@code localhost} of a
 * {@link ThrowawayCa} that the client trusts. What nobody hears of an error ends {@link #run}, and
 * so does what a callback throws; the stack trace, or else standard error, then has the {@link
 * Faults} that repeat it. Used by one thread, on which all callbacks run.
 */
public final class SslPair {
  private static final String HOST = "localhost";

  /** Made when it is first needed. RSA, whose signatures have one length: a seed's sizes stay. */
  private static final class Shared {
    static final ThrowawayCa CA = ThrowawayCa.create(KeyType.RSA_2048);
    static final Issued SERVER = CA.request(HOST).keyType(KeyType.RSA_2048).issue();

    private Shared() {}
  }

  /** Says in the stack trace of a failure how it is had again. */
  private static final class Repeat extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Repeat(Faults faults) {
      super("SslPair failed on a network with " + faults, null, false, false);
    }
  }

  private Faults faults = Faults.of(0);
  private Consumer<? super SslServerSetup> serverSetup = setup -> {};
  private Consumer<? super SslClientSetup> clientSetup = setup -> {};
  private @Nullable BiConsumer<? super SslSocket, ? super SslSocket> onOpen;
  private @Nullable SslContext clientContext;
  private @Nullable SslContext serverContext;
  private @Nullable SimulatedNetwork network;
  private @Nullable SslSocket client; // once it is secure
  private @Nullable SslSocket server;

  private SslPair() {}

  /** A pair on a network without faults. */
  public static SslPair create() {
    return new SslPair();
  }

  /** Chooses callbacks and settings of the server. */
  public SslPair server(Consumer<? super SslServerSetup> settings) {
    serverSetup = settings;
    return this;
  }

  /** Chooses callbacks and settings of the client. */
  public SslPair client(Consumer<? super SslClientSetup> settings) {
    clientSetup = settings;
    return this;
  }

  /**
   * Calls {@code action} with the client and the server, once the handshake is done on both sides.
   * It takes the place of their {@code onSecure}.
   */
  public SslPair onOpen(BiConsumer<? super SslSocket, ? super SslSocket> action) {
    onOpen = action;
    return this;
  }

  /**
   * Uses these contexts; the setups then choose no SSL settings of their own. The client connects
   * to {@code localhost}, unless it says another {@code serverName}.
   */
  public SslPair contexts(SslContext ofClient, SslContext ofServer) {
    clientContext = ofClient;
    serverContext = ofServer;
    return this;
  }

  /** What goes wrong between them. */
  public SslPair faults(Faults chosen) {
    faults = chosen;
    return this;
  }

  /**
   * Opens both, and runs them until all connections are closed.
   *
   * @throws AssertionError if they wait for each other for ever
   * @throws IllegalStateException if it ran already
   */
  public void run() {
    if (network != null) {
      throw new IllegalStateException("a pair runs once: make another");
    }
    SimulatedNetwork fresh = SimulatedNetwork.of(faults);
    network = fresh;
    try {
      fresh.setup().run(loop -> open(loop, fresh));
    } catch (RuntimeException | Error e) {
      e.addSuppressed(new Repeat(faults));
      if (e.getSuppressed().length == 0) { // events take none
        System.err.println(new Repeat(faults).getMessage());
      }
      throw e;
    }
  }

  /**
   * The network that they are or were on, for its clock and its links: 0 is the client's.
   *
   * @throws IllegalStateException before {@link #run}
   */
  public SimulatedNetwork network() {
    if (network == null) {
      throw new IllegalStateException("there is no network before the pair runs");
    }
    return network;
  }

  private void open(EventLoop loop, SimulatedNetwork fresh) {
    SslServerSetup accepting = Ssl.server(loop, "127.0.0.1", 0);
    if (serverContext == null) {
      accepting.credentials(Shared.SERVER.credentials());
    } else {
      accepting.context(serverContext);
    }
    serverSetup.accept(accepting);
    if (onOpen != null) {
      accepting.onSecure((socket, session) -> opened(null, socket));
    }
    SslServer listening = accepting.open();
    fresh.onIdle(nanos -> endsListening(loop, fresh, listening));

    SslClientSetup connecting = Ssl.connect(loop, HOST, listening.port());
    if (clientContext == null) {
      connecting.trust(List.of(Shared.CA.certificate()));
    } else {
      connecting.context(clientContext);
    }
    clientSetup.accept(connecting);
    if (onOpen != null) {
      connecting.onSecure((socket, session) -> opened(socket, null));
    }
    connecting.open();
  }

  private void opened(@Nullable SslSocket ofClient, @Nullable SslSocket ofServer) {
    client = ofClient == null ? client : ofClient;
    server = ofServer == null ? server : ofServer;
    if (client != null && server != null && onOpen != null) {
      onOpen.accept(client, server);
    }
  }

  /** Once no connection is left, the server would keep the loop running. */
  private static boolean endsListening(
      EventLoop loop, SimulatedNetwork fresh, SslServer listening) {
    boolean over = fresh.links().stream().allMatch(SimulatedLink::isClosed);
    if (!over || listening.isClosed()) {
      return false;
    }
    loop.execute(listening::close);
    return true;
  }
}
