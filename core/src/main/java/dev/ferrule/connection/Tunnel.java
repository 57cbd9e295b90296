package dev.ferrule.connection;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.util.List;

/**
 * The transport of a connection through proxies: what is agreed on with each, one after the other,
 * and then the transport of the socket. A link without SSL to a proxy is the socket's own in the
 * end, and nothing of this remains.
 *
 * @param hops the proxies, the nearest first
 * @param inner the transport of the socket
 * @param port of the peer behind the last proxy; 0 where it has none, or that is not known
 */
public record Tunnel(List<Hop> hops, Transport inner, int port) implements TransportBehind {
  @Override
  public Wire wire(Link link, Buffers buffers, Owner owner) throws IOException {
    return new TunnelWire(this, link, buffers, owner, owner.open(Memory.NATIVE));
  }
}
