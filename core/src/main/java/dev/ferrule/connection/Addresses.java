package dev.ferrule.connection;

import dev.ferrule.host.Host;
import dev.ferrule.loop.LoopSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hosts and ports as they are given by a program. */
public final class Addresses {
  private static final int MAX_PORT = 65_535;

  private Addresses() {}

  /** Checks a port: 0 to 65535. */
  public static int port(int port) {
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("a port is a number from 0 to 65535, not " + port);
    }
    return port;
  }

  /** The address that {@code host} is; null when it is a name. */
  public static @Nullable InetAddress literal(String host) {
    try {
      Host parsed = Host.parse(host);
      return parsed.isName() ? null : parsed.address();
    } catch (IllegalArgumentException | UnknownHostException e) {
      return null; // the lookup says why
    }
  }

  /** An address for people: {@code 127.0.0.1:80}, {@code [::1]:80}, or a path. */
  public static String text(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return address.toString();
    }
    if (inet.isUnresolved()) {
      return inet.getHostString() + ":" + inet.getPort();
    }
    return text(inet.getAddress().getHostAddress(), inet.getPort());
  }

  /** A host and a port for people, and for proxies: {@code example.com:80}, {@code [::1]:80}. */
  public static String text(String host, int port) {
    boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
    return (bare ? "[" + host + "]" : host) + ":" + port;
  }

  /**
   * What a server binds to; null is every address. A name is looked up here and now, in the form in
   * which a client would have it looked up.
   *
   * @throws UnknownHostException when it has no address, or is no host name
   */
  public static SocketAddress bind(
      @Nullable String host, int port, LoopSettings.NameResolver resolver)
      throws UnknownHostException {
    if (host == null) {
      return new InetSocketAddress(port);
    }
    try {
      Host parsed = Host.parse(host);
      if (!parsed.isName()) {
        return new InetSocketAddress(parsed.address(), port);
      }
      List<InetAddress> found = resolver.resolve(parsed.toResolve());
      if (found.isEmpty()) {
        throw new UnknownHostException("the name has no address");
      }
      return new InetSocketAddress(found.getFirst(), port);
    } catch (IllegalArgumentException e) {
      UnknownHostException none = new UnknownHostException(e.getMessage());
      none.initCause(e);
      throw none;
    }
  }
}
