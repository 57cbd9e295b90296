package dev.ferrule.connection;

import dev.ferrule.spi.Poller;
import dev.ferrule.spi.SocketOptions;
import dev.ferrule.spi.SocketOptions.Option;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/** Refuses options that do not go with a socket's role, its address or its poller. */
public final class OptionsCheck {
  private OptionsCheck() {}

  /**
   * For a client; {@code remote} is null for a host by name.
   *
   * @throws IllegalArgumentException when an option cannot be set
   */
  public static void client(SocketOptions options, @Nullable SocketAddress remote, Poller poller) {
    for (Option option : options.given()) {
      if (option == Option.IPV6_ONLY) {
        throw refused(option, "it is for servers, and a client has one peer of one family");
      }
      check(option, remote, poller);
    }
  }

  /**
   * For a server.
   *
   * @throws IllegalArgumentException when an option cannot be set
   */
  public static void server(SocketOptions options, SocketAddress local, Poller poller) {
    for (Option option : options.given()) {
      if (option == Option.LOCAL_ADDRESS) {
        throw refused(option, "it is for clients, and a server's is the one that it listens on");
      }
      if (option == Option.IPV6_ONLY && isIpv4(local)) {
        throw refused(option, "the address " + Addresses.text(local) + " is of IPv4");
      }
      check(option, local, poller);
    }
  }

  /** The wildcard of either family is every address. */
  private static boolean isIpv4(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        && inet.getAddress() instanceof Inet4Address four
        && !four.isAnyLocalAddress();
  }

  private static void check(Option option, @Nullable SocketAddress address, Poller poller) {
    boolean forUnix = option == Option.SEND_BUFFER || option == Option.RECEIVE_BUFFER;
    if (address instanceof UnixDomainSocketAddress && !forUnix) {
      throw refused(option, "a Unix-domain socket has no such option");
    }
    String refusal = poller.refusal(option);
    if (refusal != null) {
      throw refused(option, refusal);
    }
  }

  private static IllegalArgumentException refused(Option option, String why) {
    return new IllegalArgumentException(option.system() + " cannot be set: " + why);
  }
}
