package dev.ferrule.ssl;

import dev.ferrule.connection.Transport;
import dev.ferrule.event.Endpoint;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.ssl.spi.WireFactory;
import java.io.IOException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What an SSL socket puts on its link: a wire of its context, for one peer. */
record SslTransport(
    WireFactory wires,
    @Nullable String host,
    int port,
    @Nullable BiConsumer<? super SslSocket, ? super SslSession> onSecure)
    implements Transport {
  @Override
  public Wire wire(Link link, Buffers buffers, Outlets outlets) throws IOException {
    return wires.wire(link, outlets.open(wires.memory()), buffers, host, port);
  }

  @Override
  public void secured(Endpoint socket, Wire wire) {
    if (socket instanceof SslSocket secure && wire instanceof SslWire agreed) {
      SslSession session = agreed.session();
      secure.secured(session);
      if (onSecure != null) {
        onSecure.accept(secure, session);
      }
    }
  }
}
