package dev.ferrule.ssl;

import dev.ferrule.TcpSocket;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.ssl.spi.WireFactory;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A socket that speaks SSL; it may be passed wherever a {@link TcpSocket} may. What is written
 * before the handshake is done waits and goes out in order. cl-async: {@code ssl-socket}.
 */
public final class SslSocket extends TcpSocket {
  private final WireFactory wires;
  private final @Nullable String host;
  private final int port;
  private final @Nullable BiConsumer<? super SslSocket, ? super SslSession> onSecure;
  private @Nullable SslSession session;

  SslSocket(
      WireFactory wires,
      @Nullable String host,
      int port,
      @Nullable BiConsumer<? super SslSocket, ? super SslSession> onSecure) {
    this.wires = wires;
    this.host = host;
    this.port = port;
    this.onSecure = onSecure;
  }

  /** What the handshake agreed on; empty until it is done. */
  public Optional<SslSession> session() {
    return Optional.ofNullable(session);
  }

  @Override
  protected Wire wire(Link link, Buffers buffers, Outlets outlets) throws IOException {
    return wires.wire(link, outlets.open(wires.memory()), buffers, host, port);
  }

  @Override
  protected void secured() {
    if (wire() instanceof SslWire secure) {
      SslSession agreed = secure.session();
      session = agreed;
      if (onSecure != null) {
        onSecure.accept(this, agreed);
      }
    }
  }
}
