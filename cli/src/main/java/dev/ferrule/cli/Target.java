package dev.ferrule.cli;

import dev.ferrule.host.SafeText;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where to connect: {@code HOST:PORT}, {@code [::1]:PORT} or {@code unix:PATH}.
 *
 * @param host a name or an address; empty for a Unix-domain socket
 * @param port the port; 0 for a Unix-domain socket
 * @param unix the Unix-domain socket; null for TCP
 */
record Target(String host, int port, @Nullable UnixDomainSocketAddress unix) {
  static final String UNIX = "unix:";

  static Target parse(String text) {
    return parse(text, 1);
  }

  /** Where to listen: port 0 is a free one, the host * every address. */
  static Target listening(String text) {
    return parse(text, 0);
  }

  private static Target parse(String text, int lowest) {
    if (text.startsWith(UNIX)) {
      return unix(text.substring(UNIX.length()));
    }
    int colon = text.lastIndexOf(':');
    if (text.startsWith("[")) {
      int bracket = text.indexOf(']');
      if (bracket < 0 || colon != bracket + 1 || text.indexOf(':') > bracket) {
        throw wrong(text, "an IPv6 address looks like [::1]:443");
      }
      return new Target(text.substring(1, bracket), port(text, colon, lowest), null);
    }
    if (colon < 0) {
      throw wrong(text, "the port is missing, as in " + (text.isBlank() ? "host" : text) + ":443");
    }
    if (text.indexOf(':') != colon) {
      throw wrong(text, "put an IPv6 address into brackets, as in [::1]:443");
    }
    if (colon == 0) {
      throw wrong(text, "the host is missing, as in localhost" + text);
    }
    return new Target(text.substring(0, colon), port(text, colon, lowest), null);
  }

  private static Target unix(String path) {
    try {
      if (path.chars().anyMatch(Character::isISOControl)) {
        throw wrong(UNIX + SafeText.of(path), "a path has no control characters");
      }
      if (!path.isEmpty()) {
        return new Target("", 0, UnixDomainSocketAddress.of(path));
      }
    } catch (IllegalArgumentException e) {
      throw wrong(UNIX + path, "that is no path: " + e.getMessage());
    }
    throw wrong(UNIX, "the path is missing, as in unix:/run/server.sock");
  }

  private static int port(String text, int colon, int lowest) {
    String digits = text.substring(colon + 1);
    int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : -1;
    if (port < lowest || port > 65535) {
      throw wrong(text, "a port is a number from " + lowest + " to 65535");
    }
    return port;
  }

  private static ToolError wrong(String text, String why) {
    return new ToolError(Exit.USAGE, "'" + text + "' is no address: " + why);
  }

  /** An address as {@link #parse} takes it. */
  static String shown(@Nullable SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return String.valueOf(address);
    }
    // The longest run of zeros is written as ::, which Java does not do by itself (RFC 5952).
    String host =
        inet.getAddress()
            .getHostAddress()
            .replaceFirst("((?:(?:^|:)0\\b){2,}):?(?!\\S*\\b\\1:0\\b)(\\S*)", "::$2");
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
  }

  /** The host as it is written in front of a port. */
  String hostText() {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  @Override
  public String toString() {
    if (unix != null) {
      return UNIX + unix;
    }
    return hostText() + ":" + port;
  }
}
