package dev.ferrule.ssl;

import dev.ferrule.Proxy;
import dev.ferrule.connection.OpeningTimes;
import dev.ferrule.connection.Transport;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.ssl.spi.WireFactory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A proxy that is spoken to over SSL; made by {@link Ssl#proxy}. */
final class SslProxy extends Proxy {
  private SslProxy(Proxy plain, Secure secure) {
    super(plain, secure);
  }

  static SslProxy of(Proxy plain, SslContext context) {
    return new SslProxy(plain, new Secure(context.wires(false), plain.host(), plain.port()));
  }

  /** The wires of connections to the proxy. */
  private record Secure(WireFactory wires, String host, int port) implements Transport {
    @Override
    public Wire wire(Link link, Buffers buffers, Owner owner) throws IOException {
      return wires.wire(link, owner.open(wires.memory()), buffers, host, port);
    }

    @Override
    public EventError with(String whom, EventError failure) {
      return failure instanceof SslError error ? error.with(whom) : failure;
    }

    @Override
    public void failed(
        EventError error,
        Endpoint socket,
        @Nullable Wire wire,
        OpeningTimes times,
        long sent,
        long received) {
      FailedHandshake.tell(
          error, socket, wire, FailedHandshake.times(times), sent, received, wires, false, host);
    }

    /** Nobody asks for the session; taking it lets the wire drop what it had for its handshake. */
    @Override
    public void secured(Endpoint proxy, Wire wire) {
      if (wire instanceof SslWire sslWire) {
        SslSession _ = sslWire.session();
      }
    }
  }
}
