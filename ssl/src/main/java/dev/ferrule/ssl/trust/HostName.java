package dev.ferrule.ssl.trust;

import dev.ferrule.host.Host;
import org.jspecify.annotations.Nullable;

/** The name of a server as it is verified and sent (RFC 6066 3); {@link Host} parses it. */
public final class HostName {
  private HostName() {}

  /**
   * The form that is verified: a name in A-labels without the dot of the root, or an address
   * without brackets and zone. Text that is no host is returned unchanged and matches no
   * certificate.
   */
  public static String canonical(String host) {
    Host parsed = parse(host);
    return parsed == null ? host : parsed.canonical();
  }

  /** Whether it is a name or an address at all. */
  public static boolean isHost(String host) {
    return parse(host) != null;
  }

  /**
   * Whether it is a name that may be sent as SNI: not an address, and not a name with a label that
   * begins or ends with a hyphen, which servers refuse.
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
