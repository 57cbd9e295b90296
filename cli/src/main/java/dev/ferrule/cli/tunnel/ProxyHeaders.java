package dev.ferrule.cli.tunnel;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.TcpSocket;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.proxy.ProxySsl;
import dev.ferrule.ssl.SslSession;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** What a target is told of the client, in the PROXY protocol. */
final class ProxyHeaders {
  private static final int NO_ZONE = -1;

  private ProxyHeaders() {}

  /** Null when the target gets none. */
  static @Nullable ProxyHeader of(
      Setting setting, TcpSocket front, @Nullable SslSession session, @Nullable String name) {
    if (setting.proxyHeader() == 0) {
      return null;
    }
    InetSocketAddress from = Tunnel.client(front);
    InetSocketAddress to = destination(front);
    if (from == null || to == null) {
      return ProxyHeader.local(); // a header all the same: the target waits for one
    }
    if (isIpv6(from) != isIpv6(to)) { // a proxy in front wrote one of them as ::ffff:a.b.c.d
      from = ipv6(from);
      to = ipv6(to);
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

  /** An IPv4 address as an IPv4-mapped one (RFC 4291 2.5.5.2), which Java undoes where it can. */
  private static InetSocketAddress ipv6(InetSocketAddress address) {
    byte[] bytes = address.getAddress().getAddress();
    if (bytes.length == 16) {
      return address;
    }
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(bytes, 0, mapped, 12, 4);
    try {
      return new InetSocketAddress(
          Inet6Address.getByAddress(null, mapped, NO_ZONE), address.getPort());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
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
