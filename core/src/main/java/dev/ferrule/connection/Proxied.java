package dev.ferrule.connection;

import dev.ferrule.event.TcpError;
import dev.ferrule.host.Network;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.proxy.ProxyHeaderReader;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transport of an accepted connection that comes through a proxy: its PROXY header, then the
 * transport of the socket. Made for each connection, whose header it keeps. A peer that is no proxy
 * by its address is refused before anything is read of it.
 */
public final class Proxied implements TransportBehind {
  private final List<Network> proxies;
  private final Transport inner;
  private @Nullable ProxyHeader header;

  /** For one connection. */
  public Proxied(List<Network> proxies, Transport inner) {
    this.proxies = proxies;
    this.inner = inner;
  }

  /** What the proxy said; null before. */
  @Nullable ProxyHeader header() {
    return header;
  }

  /** The transport of an upgrade of this connection, which keeps the header. */
  Proxied after(Transport upgraded) {
    Proxied next = new Proxied(proxies, upgraded);
    next.header = header;
    return next;
  }

  @Override
  public Transport inner() {
    return inner;
  }

  @Override
  public Wire wire(Link link, Buffers buffers, Owner owner) throws IOException {
    if (header != null) {
      return inner.wire(link, buffers, owner);
    }
    SocketAddress peer = link.remoteAddress();
    if (proxies.stream().noneMatch(network -> network.has(peer))) {
      throw new TcpError(
          "EPROXY",
          (peer == null ? "a client" : Addresses.text(peer))
              + " is none of the proxies that this server takes connections from",
          null,
          null);
    }
    String whom = peer == null ? "the proxy" : "the proxy " + Addresses.text(peer);
    Hop hop = new Hop(whom, null, () -> new Reading(whom));
    return new Tunnel(List.of(hop), inner, 0).wire(link, buffers, owner);
  }

  private final class Reading implements Prelude {
    private final ProxyHeaderReader reader = new ProxyHeaderReader();
    private final String whom;

    Reading(String whom) {
      this.whom = whom;
    }

    @Override
    public byte[] begin() {
      return new byte[0];
    }

    @Override
    public int wants() {
      return reader.wants();
    }

    @Override
    public byte[] hear(ByteBuffer bytes) {
      try {
        reader.hear(bytes);
      } catch (ProxyHeaderReader.Malformed e) {
        throw new TcpError("EPROXY", whom + " " + e.getMessage(), null, null);
      }
      header = reader.header();
      return new byte[0];
    }

    @Override
    public boolean answers() {
      return false;
    }

    @Override
    public String whom() {
      return whom;
    }
  }
}
