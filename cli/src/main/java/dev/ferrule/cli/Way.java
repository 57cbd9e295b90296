package dev.ferrule.cli;

import dev.ferrule.ClientSetup;
import dev.ferrule.Proxy;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.spi.SocketOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How {@code ferrule connect} gets to its peer.
 *
 * @param proxies that it goes through, the nearest first
 * @param handshakeDecides between the addresses of a host, and not TCP
 * @param header sent before everything else; null for none
 */
record Way(
    List<Proxy> proxies,
    SocketOptions options,
    boolean handshakeDecides,
    @Nullable ProxyHeader header) {
  void apply(ClientSetup<?, ?> client) {
    if (!proxies.isEmpty()) {
      client.through(proxies.getFirst(), proxies.subList(1, proxies.size()).toArray(Proxy[]::new));
    }
    client.socketOptions(options);
    if (handshakeDecides) {
      client.firstHandshakeWins();
    }
    if (header != null) {
      client.proxyHeader(header);
    }
  }

  /** Opens it; what the poller cannot set is wrong usage. */
  void open(ClientSetup<?, ?> client) {
    try {
      client.open();
    } catch (IllegalArgumentException e) {
      throw new ToolError(Exit.USAGE, String.valueOf(e.getMessage()), e);
    }
  }
}
