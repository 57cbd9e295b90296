package dev.ferrule.ssl;

import dev.ferrule.EventLoop;
import dev.ferrule.ServerSetup;
import java.net.SocketAddress;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** How an SSL server shall be. cl-async: the keywords of {@code tcp-ssl-server}. */
public final class SslServerSetup extends ServerSetup<SslSocket, SslServer, SslServerSetup>
    implements SslSetup<SslServerSetup> {
  final SslContextBuilder ssl = SslContext.server();
  private @Nullable BiConsumer<? super SslSocket, ? super SslSession> onSecure;
  private SslSocket.@Nullable OnHello onHello;
  private @Nullable SslAdmission admission;
  private @Nullable SslServerTransport transport; // of all its sockets

  SslServerSetup(EventLoop loop, @Nullable String address, int port) {
    super(loop, address, port);
  }

  SslServerSetup(EventLoop loop, SocketAddress address) {
    super(loop, address);
  }

  /** The handshake with a client is done; the session has its facts. */
  public SslServerSetup onSecure(BiConsumer<? super SslSocket, ? super SslSession> callback) {
    onSecure = callback;
    return this;
  }

  /**
   * Asks the program what a client gets, once its hello is known, before any certificate or key is
   * used. Without it the names of the context decide.
   */
  public SslServerSetup onHello(SslSocket.OnHello callback) {
    onHello = callback;
    return this;
  }

  /** Bounds the handshakes that go on at once; by default there is no bound. */
  public SslServerSetup admission(SslAdmission bounds) {
    admission = bounds;
    return this;
  }

  /**
   * Listens, from the moment that this returns.
   *
   * @throws SslConfigException when the certificate, the key or a setting cannot work
   * @throws dev.ferrule.event.TcpBindError when it cannot listen
   */
  @Override
  public SslServer open() {
    SslContext context = ssl.build();
    transport = new SslServerTransport(context, onSecure, onHello, admission);
    SslServer server = super.open();
    notices(server, ssl.notices());
    notices(server, context.capture(isCaptured()));
    return server;
  }

  @Override
  protected SslServer server() {
    return new SslServer(transport());
  }

  @Override
  protected SslSocket socket() {
    return new SslSocket(transport());
  }

  private SslServerTransport transport() {
    SslServerTransport shared = transport;
    if (shared == null) {
      throw new IllegalStateException("not open");
    }
    return shared;
  }
}
