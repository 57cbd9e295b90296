package dev.ferrule.ssl;

import dev.ferrule.BlockingSocket;
import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.ssl.spi.WireFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How an SSL client shall be. cl-async: the keywords of {@code tcp-ssl-connect}. */
public final class SslClientSetup extends ClientSetup<SslSocket, SslClientSetup>
    implements SslSetup<SslClientSetup> {
  private final int sessionPort; // sessions are resumed by name and port
  final SslContextBuilder ssl = SslContext.client();
  private @Nullable BiConsumer<? super SslSocket, ? super SslSession> onSecure;
  private @Nullable String name;

  SslClientSetup(EventLoop loop, String host, int port) {
    super(loop, host, port);
    this.name = host;
    this.sessionPort = port;
  }

  SslClientSetup(EventLoop loop, SocketAddress address) {
    super(loop, address);
    this.name = address instanceof InetSocketAddress inet ? inet.getHostString() : null;
    this.sessionPort = address instanceof InetSocketAddress inet ? inet.getPort() : 0;
  }

  static BlockingSocket<SslSocket> dialled(
      String host, int port, Consumer<? super SslClientSetup> settings) throws IOException {
    return dial(loop -> {
      SslClientSetup client = new SslClientSetup(loop, host, port);
      settings.accept(client);
      return client;
    });
  }

  /** The handshake is done; the session has its facts. */
  public SslClientSetup onSecure(BiConsumer<? super SslSocket, ? super SslSession> callback) {
    onSecure = callback;
    return this;
  }

  /** The name to verify and to send as SNI, where it is not the host that is connected to. */
  public SslClientSetup serverName(String host) {
    name = host;
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
    WireFactory wires = context.wires(false);
    if (name == null && wires.verifiesHost()) {
      throw new SslConfigException(
          "the server's certificate must name a host, and none is known here: say it with"
              + " .serverName(name)");
    }
    SslSocket socket =
        new SslSocket(new SslTransport(wires, name, sessionPort, onSecure, this::notices));
    notices(socket, ssl.notices());
    notices(socket, context.capture(isCaptured()));
    return socket;
  }
}
