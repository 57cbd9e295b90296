package dev.ferrule.ssl.trust;

import java.net.IDN;
import java.net.InetAddress;

/** The name of a server as it is verified and sent (RFC 6066 3). */
public final class HostName {
  private HostName() {}

  /** The name without brackets or the dot of the root, and in ASCII. */
  public static String canonical(String host) {
    String name = host;
    if (name.startsWith("[") && name.endsWith("]")) {
      name = name.substring(1, name.length() - 1);
    }
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    try {
      return isAddress(name) ? name : IDN.toASCII(name);
    } catch (IllegalArgumentException e) {
      return name; // then no certificate will match it
    }
  }

  /** Whether it may be sent as SNI: a name, not an address. */
  public static boolean isSendable(String name) {
    if (name.isEmpty() || name.endsWith(".") || isAddress(name)) {
      return false;
    }
    try {
      IDN.toASCII(name, IDN.USE_STD3_ASCII_RULES);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether it is an IP address and not a name. */
  public static boolean isAddress(String host) {
    try {
      return InetAddress.ofLiteral(host) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
