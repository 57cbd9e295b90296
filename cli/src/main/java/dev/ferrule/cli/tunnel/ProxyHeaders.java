package dev.ferrule.cli.tunnel;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.TcpSocket;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.proxy.ProxySsl;
import dev.ferrule.ssl.SslSession;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What a target is told of the client, in the PROXY protocol. */
final class ProxyHeaders {
  private ProxyHeaders() {}

  /** Null when the target gets none. */
  static @Nullable ProxyHeader of(
      Setting setting, TcpSocket front, @Nullable SslSession session, @Nullable String name) {
    if (setting.proxyHeader() == 0) {
      return null;
    }
    InetSocketAddress from = Tunnel.client(front);
    InetSocketAddress to = destination(front);
    if (from == null || to == null || isIpv6(from) != isIpv6(to)) {
      return ProxyHeader.local(); // a header all the same: the target waits for one
    }
    if (setting.proxyHeader() == 1) {
      return ProxyHeader.v1(from, to);
    }
    ProxyHeader header = ProxyHeader.v2(from, to);
    if (name != null) {
      header = header.with(ProxyHeader.AUTHORITY, name.getBytes(UTF_8));
    }
    if (session == null) {
      return header;
    }
    if (session.alpn().isPresent()) {
      header = header.with(ProxyHeader.ALPN, session.alpn().get().getBytes(UTF_8));
    }
    boolean shown = !session.peerChain().isEmpty();
    return header.with(
        new ProxySsl(true, shown, shown, session.protocol().toString(), null, session.cipher()));
  }

  private static boolean isIpv6(InetSocketAddress address) {
    return address.getAddress() instanceof Inet6Address;
  }

  private static @Nullable InetSocketAddress destination(TcpSocket front) {
    var header = front.proxied();
    if (header.isPresent()) {
      return header.get().destination().orElse(null);
    }
    SocketAddress local = front.localAddress();
    return local instanceof InetSocketAddress inet ? inet : null;
  }
}
