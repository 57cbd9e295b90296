package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.jfr.HandshakeFacts;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transport of a connection through proxies: what is agreed on with each, one after the other,
 * and then the transport of the socket. A link without SSL to a proxy is the socket's own in the
 * end, and nothing of this remains.
 *
 * @param hops the proxies, the nearest first
 * @param inner the transport of the socket
 */
public record Tunnel(List<Hop> hops, Transport inner) implements Transport {
  @Override
  public Wire wire(Link link, Buffers buffers, Owner owner) throws IOException {
    return new TunnelWire(this, link, buffers, owner, owner.open(Memory.NATIVE));
  }

  @Override
  public boolean connectsLater() {
    return true;
  }

  @Override
  public void secured(Endpoint socket, Wire wire) {
    inner.secured(socket, own(wire));
  }

  @Override
  public boolean isRefusal(EventError failure) {
    return inner.isRefusal(failure);
  }

  @Override
  public HandshakeFacts facts(Endpoint socket, @Nullable Wire wire, @Nullable EventError failure) {
    return inner.facts(socket, wire == null ? null : own(wire), failure);
  }

  @Override
  public Object code() {
    return inner.code();
  }

  @Override
  public void failed(
      EventError error, Endpoint socket, @Nullable Wire wire, OpeningTimes times, long sent) {
    Wire own = wire instanceof TunnelWire opening ? opening.inner() : wire;
    inner.failed(error, socket, own == null ? null : own(own), times, sent);
  }

  private static Wire own(Wire wire) {
    return wire instanceof NestedWire nested ? nested.upper() : wire;
  }
}
