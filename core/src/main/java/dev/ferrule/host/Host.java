package dev.ferrule.host;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The host that a program wants to reach: a DNS name or an IP address. It is parsed once, and what
 * is resolved, what is sent as SNI and what is verified all come from here, so that no two of them
 * can differ. Immutable; any thread.
 */
public final class Host {
  /** The longest name in text (RFC 1035 3.1), without the dot of the root. */
  private static final int LONGEST_NAME = 253;

  private static final int LONGEST_LABEL = 63;

  private static final int SHOWN = 100;

  private final String name;
  private final boolean absolute;
  private final @Nullable InetAddress address; // without its zone
  private final String zone;

  private Host(String name, boolean absolute, @Nullable InetAddress address, String zone) {
    this.name = name;
    this.absolute = absolute;
    this.address = address;
    this.zone = zone;
  }

  /**
   * Parses a host: a name in ASCII or Unicode, with or without the dot of the root, an IPv4
   * address, or an IPv6 address, with or without brackets and a zone ({@code fe80::1%eth0}, RFC
   * 4007 11).
   *
   * @throws IllegalArgumentException when it is none of these; the message says why
   */
  public static Host parse(String written) {
    boolean bracketed = written.startsWith("[") && written.endsWith("]");
    String text = bracketed ? written.substring(1, written.length() - 1) : written;
    if (text.indexOf(':') >= 0 || bracketed) {
      return ipv6(text, written);
    }
    InetAddress literal = literal(text);
    return literal == null ? name(text) : new Host(literal.getHostAddress(), false, literal, "");
  }

  private static Host ipv6(String text, String written) {
    int percent = text.indexOf('%');
    String bare = percent < 0 ? text : text.substring(0, percent);
    String zone = percent < 0 ? "" : text.substring(percent + 1);
    InetAddress literal = bare.indexOf(':') < 0 ? null : literal(bare);
    if (literal == null || (percent >= 0 && zone.isEmpty())) {
      throw new IllegalArgumentException(
          "'" + shown(written) + "' is no IPv6 address (and a host has no colon)");
    }
    if (!zone.isEmpty() && !(literal instanceof Inet6Address)) {
      throw new IllegalArgumentException(
          "'" + shown(written) + "' is an IPv4 address, which has no zone");
    }
    return new Host(literal.getHostAddress(), false, literal, zone);
  }

  private static @Nullable InetAddress literal(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Host name(String text) {
    String ascii = isAscii(text) ? text.toLowerCase(Locale.ROOT) : Idna.toAscii(text);
    boolean absolute = ascii.endsWith(".");
    String name = absolute ? ascii.substring(0, ascii.length() - 1) : ascii;
    if (name.length() > LONGEST_NAME) {
      throw wrong(text, "has more than " + LONGEST_NAME + " characters");
    }
    String last = "";
    for (String label : name.split("\\.", -1)) {
      if (label.isEmpty()) {
        throw wrong(text, name.isEmpty() ? "is empty" : "has an empty part between its dots");
      }
      if (label.length() > LONGEST_LABEL) {
        throw wrong(text, "has a part of more than " + LONGEST_LABEL + " characters");
      }
      last = label;
    }
    name.chars()
        .filter(c -> !isNameCharacter(c))
        .findFirst()
        .ifPresent(c -> {
          throw wrong(text, "contains " + Idna.describe(c) + ", which no host name has");
        });
    if (isNumber(last)) {
      // Resolvers take forms such as 0x7f.1 for addresses: it would be verified as a name.
      throw wrong(text, "ends in a number and is no IPv4 address in the usual form");
    }
    return new Host(name, absolute, null, "");
  }

  /** The letters, digits and hyphens of RFC 952, and the underscore, which many networks use. */
  private static boolean isNameCharacter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  }

  private static boolean isNumber(String label) {
    return label.chars().allMatch(c -> c >= '0' && c <= '9')
        || (label.startsWith("0x")
            && label.chars().skip(2).allMatch(c -> Character.digit(c, 16) >= 0));
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  static IllegalArgumentException wrong(String text, String what) {
    return new IllegalArgumentException("the host name '" + shown(text) + "' " + what);
  }

  private static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(SHOWN)
        .forEach(c -> {
          int type = Character.getType(c);
          boolean plain =
              type != Character.CONTROL
                  && type != Character.FORMAT
                  && type != Character.SURROGATE
                  && type != Character.LINE_SEPARATOR
                  && type != Character.PARAGRAPH_SEPARATOR;
          shown.append(plain ? Character.toString(c) : "\\u{%X}".formatted(c));
        });
    return text.length() > SHOWN ? shown + "..." : shown.toString();
  }

  /** Whether it is a name, and not an address. */
  public boolean isName() {
    return address == null;
  }

  /**
   * What is verified, and for a name what is sent as SNI (RFC 6066 3): the name in A-labels and
   * lower case without the dot of the root, or the address without its zone. An IPv4-mapped IPv6
   * address is the IPv4 address, which is what is connected to.
   */
  public String canonical() {
    return name;
  }

  /**
   * The name for a resolver: as {@link #canonical}, with the dot of the root if it was given.
   *
   * @throws IllegalArgumentException when it is an address whose zone this machine does not have
   */
  public String toResolve() {
    if (!zone.isEmpty()) {
      try {
        return address().getHostAddress();
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(
            "the address '" + this + "' cannot be used: " + e.getMessage(), e);
      }
    }
    return absolute ? name + "." : name;
  }

  /**
   * The address to connect to, in its zone.
   *
   * @throws UnknownHostException when this machine has no such zone
   * @throws IllegalStateException when it is a name
   */
  public InetAddress address() throws UnknownHostException {
    InetAddress known = address;
    if (known == null) {
      throw new IllegalStateException(name + " is a name, and is to be resolved");
    }
    return zone.isEmpty()
        ? known
        : Inet6Address.getByAddress(null, known.getAddress(), zoneIndex());
  }

  private int zoneIndex() throws UnknownHostException {
    if (zone.length() <= 9 && zone.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Integer.parseInt(zone);
    }
    try {
      NetworkInterface found = NetworkInterface.getByName(zone);
      if (found != null) {
        return found.getIndex();
      }
    } catch (SocketException e) {
      throw noZone(e);
    }
    throw noZone(null);
  }

  private UnknownHostException noZone(@Nullable SocketException cause) {
    UnknownHostException e =
        new UnknownHostException("there is no network interface '" + shown(zone) + "' here");
    e.initCause(cause);
    return e;
  }

  @Override
  public String toString() {
    return name + (zone.isEmpty() ? "" : "%" + shown(zone)) + (absolute ? "." : "");
  }
}
