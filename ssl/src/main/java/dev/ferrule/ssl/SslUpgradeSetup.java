package dev.ferrule.ssl;

import dev.ferrule.TcpSocket;
import dev.ferrule.UpgradeSetup;
import dev.ferrule.event.TcpError;
import dev.ferrule.ssl.spi.WireFactory;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a connected socket shall be wrapped. It keeps its callbacks and limits, unless others are
 * given here. cl-async: the keywords of {@code wrap-in-ssl}.
 */
public final class SslUpgradeSetup extends UpgradeSetup<SslSocket, SslUpgradeSetup>
    implements SslSetup<SslUpgradeSetup> {
  private final boolean server;
  private final @Nullable String host;
  final SslContextBuilder ssl;
  private @Nullable BiConsumer<? super SslSocket, ? super SslSession> onSecure;
  private SslSocket.@Nullable OnHello onHello;
  private @Nullable SslAdmission admission;

  SslUpgradeSetup(TcpSocket plain, boolean server, @Nullable String host) {
    super(plain);
    this.server = server;
    this.host = host;
    this.ssl = server ? SslContext.server() : SslContext.client();
  }

  /** The handshake is done; the session has its facts. */
  public SslUpgradeSetup onSecure(BiConsumer<? super SslSocket, ? super SslSession> callback) {
    onSecure = callback;
    return this;
  }

  /**
   * Asks the program what the client gets, as {@link SslServerSetup#onHello}.
   *
   * @throws SslConfigException when this side is the client
   */
  public SslUpgradeSetup onHello(SslSocket.OnHello callback) {
    if (!server) {
      throw new SslConfigException("onHello is for servers: it is a client that says hello");
    }
    onHello = callback;
    return this;
  }

  /**
   * Bounds the handshakes that go on at once, as {@link SslServerSetup#admission}.
   *
   * @throws SslConfigException when this side is the client
   */
  public SslUpgradeSetup admission(SslAdmission bounds) {
    if (!server) {
      throw new SslConfigException("admission is for servers");
    }
    admission = bounds;
    return this;
  }

  /** {@inheritDoc} */
  @Override
  protected void whenOpen(Consumer<? super SslSocket> action) {
    BiConsumer<? super SslSocket, ? super SslSession> before = onSecure;
    onSecure =
        (socket, session) -> {
          try {
            if (before != null) {
              before.accept(socket, session);
            }
          } finally {
            action.accept(socket);
          }
        };
  }

  /** {@inheritDoc} */
  @Override
  protected SslSocket socket() {
    SslContext context = ssl.build();
    if (server) {
      return noticed(
          new SslSocket(new SslServerTransport(context, onSecure, onHello, admission)), context);
    }
    WireFactory wires = context.wires(false);
    if (host == null && wires.verifiesHost()) {
      throw new SslConfigException(
          "the server's certificate must name a host, and none is known here: say it with"
              + " .asClient(name)");
    }
    return noticed(
        new SslSocket(new SslTransport(wires, host, 0, onSecure, this::notices)), context);
  }

  private SslSocket noticed(SslSocket socket, SslContext context) {
    notices(socket, ssl.notices());
    notices(socket, context.capture(isCaptured()));
    return socket;
  }

  @Override
  protected TcpError injected(long bytes) {
    return new SslError(
        SslError.Side.PEER,
        SslError.Stage.HELLO,
        null,
        SslFailure.INJECTED,
        bytes
            + " bytes of plain text were received behind the point of upgrade and not consumed:"
            + " somebody may have injected them (STARTTLS injection), so the connection was closed",
        null);
  }
}
