package dev.ferrule.cli;

import dev.ferrule.spi.SocketOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Options of the system's sockets as {@code --socket-option} names them: the methods of {@link
 * SocketOptions}. Loaded only where one is given.
 */
final class SocketOptionText {
  private static final String OPTION = "--socket-option";
  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(596); // in milliseconds of int

  /** The names. */
  private enum Name {
    KEEP_ALIVE,
    USER_TIMEOUT,
    SEND_BUFFER,
    RECEIVE_BUFFER,
    TRAFFIC_CLASS,
    FAST_OPEN,
    IPV6_ONLY,
    REUSE_PORT,
    LOCAL_ADDRESS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private SocketOptionText() {}

  /**
   * All that were given, each {@code NAME} or {@code NAME=VALUE}.
   *
   * @throws ToolError for wrong usage
   */
  static SocketOptions parse(List<String> given) {
    SocketOptions options = SocketOptions.NONE;
    for (String text : given) {
      int equals = text.indexOf('=');
      Name name = named(equals < 0 ? text : text.substring(0, equals));
      try {
        options = with(options, name, equals < 0 ? "" : text.substring(equals + 1));
      } catch (IllegalArgumentException e) {
        throw new ToolError(Exit.USAGE, OPTION + " " + name + ": " + e.getMessage(), e);
      }
    }
    return options;
  }

  private static Name named(String text) {
    Name nearest = Name.KEEP_ALIVE;
    for (Name name : Name.values()) {
      if (name.toString().equals(text)) {
        return name;
      }
      nearest = distance(text, name + "") < distance(text, nearest + "") ? name : nearest;
    }
    throw new ToolError(
        Exit.USAGE, "there is no socket option '" + text + "'; did you mean " + nearest + "?");
  }

  private static SocketOptions with(SocketOptions options, Name name, String value) {
    return switch (name) {
      case KEEP_ALIVE -> keepAlive(options, value);
      case USER_TIMEOUT -> options.userTimeout(time(name, value, LONGEST_TIMEOUT));
      case SEND_BUFFER -> options.sendBuffer(number(value));
      case RECEIVE_BUFFER -> options.receiveBuffer(number(value));
      case TRAFFIC_CLASS -> options.trafficClass(number(value));
      case FAST_OPEN -> value.isEmpty() ? options.fastOpen() : options.fastOpen(number(value));
      case IPV6_ONLY -> {
        requireNone(value);
        yield options.ipv6Only();
      }
      case REUSE_PORT -> {
        requireNone(value);
        yield options.reusePort();
      }
      case LOCAL_ADDRESS -> options.localAddress(address(value, 0));
    };
  }

  private static SocketOptions keepAlive(SocketOptions options, String value) {
    if (value.isEmpty()) {
      return options.keepAlive();
    }
    String[] parts = value.split(",", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException(
          "it is without a value, or IDLE,INTERVAL,PROBES as in 60s,10s,3");
    }
    Duration longest = Duration.ofHours(10);
    Duration idle = time(Name.KEEP_ALIVE, parts[0], longest);
    return options.keepAlive(idle, time(Name.KEEP_ALIVE, parts[1], longest), number(parts[2]));
  }

  private static Duration time(Name name, String text, Duration longest) {
    return DurationText.parse(OPTION + " " + name, text, longest);
  }

  private static int number(String text) {
    if (!text.matches("\\d{1,9}")) {
      throw new IllegalArgumentException("its value is a number, not '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  private static void requireNone(String value) {
    if (!value.isEmpty()) {
      throw new IllegalArgumentException("it has no value");
    }
  }

  /**
   * An address with a port, as {@code 10.0.0.7:80} or {@code [::1]:80}.
   *
   * @param otherwise the port where none is said; -1 where one must be
   * @throws IllegalArgumentException when it is not written so
   */
  static InetSocketAddress address(String text, int otherwise) {
    int colon = text.lastIndexOf(':');
    boolean bare =
        colon < 0 || text.endsWith("]") || (!text.startsWith("[") && colon != text.indexOf(':'));
    String host = bare ? text : text.substring(0, colon);
    String port = bare ? "" : text.substring(colon + 1);
    boolean good = bare ? otherwise >= 0 : port.matches("\\d{1,5}") && number(port) <= 65_535;
    if (good) {
      String literal =
          host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
      return new InetSocketAddress(InetAddress.ofLiteral(literal), bare ? otherwise : number(port));
    }
    throw new IllegalArgumentException(
        "an address is written as 10.0.0.7:4000 or [::1]:4000, not as '" + text + "'");
  }

  /** Of Levenshtein: letters to insert, leave out or replace. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= one.length(); i++) {
      int corner = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int replaced = corner + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        corner = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
