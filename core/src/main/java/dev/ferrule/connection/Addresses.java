package dev.ferrule.connection;

import dev.ferrule.host.Host;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
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
    String host = inet.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + inet.getPort();
  }

  /** What a server binds to; null is every address. A name is looked up here and now. */
  public static SocketAddress bind(@Nullable String address, int port) {
    return address == null
        ? new InetSocketAddress(port(port))
        : new InetSocketAddress(address, port(port));
  }
}
