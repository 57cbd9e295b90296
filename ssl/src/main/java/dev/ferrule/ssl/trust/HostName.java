package dev.ferrule.ssl.trust;

import dev.ferrule.host.Host;
import org.jspecify.annotations.Nullable;

/** The name of a server as it is verified and sent (RFC 6066 3): {@link Host} says what it is. */
public final class HostName {
  private HostName() {}

  /**
   * What is verified: a name in A-labels without the dot of the root, or an address without
   * brackets and zone. What is no host stays as it is, and no certificate will match it.
   */
  public static String canonical(String host) {
    Host parsed = parse(host);
    return parsed == null ? host : parsed.canonical();
  }

  /**
   * Whether it is a name, which may be sent as SNI: neither an address nor anything else, nor a
   * name that begins or ends a label with a hyphen, which the DNS has not and servers refuse.
   */
  public static boolean isSendable(String host) {
    Host parsed = parse(host);
    if (parsed == null || !parsed.isName()) {
      return false;
    }
    String dotted = "." + parsed.canonical() + ".";
    return !dotted.contains(".-") && !dotted.contains("-.");
  }

  private static @Nullable Host parse(String host) {
    try {
      return Host.parse(host);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
