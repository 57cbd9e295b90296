package dev.ferrule.ssl.server;

import dev.ferrule.host.Host;
import dev.ferrule.ssl.SslConfigException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a server has for each name that clients ask for (RFC 6066 3): an exact name goes before a
 * wildcard, which stands for one label. Names are compared as A-labels, without regard to case or
 * the dot of the root. Immutable.
 */
public final class ServerNames<T> {
  private static final String ANY_LABEL = "*.";

  private final Map<String, T> exact = new HashMap<>();
  private final Map<String, T> wildcards = new HashMap<>(); // by what follows the star

  /**
   * By patterns: {@code example.com}, or {@code *.example.com}.
   *
   * @throws SslConfigException when a pattern is neither, or two are the same
   */
  public ServerNames(Map<String, T> byPattern) {
    byPattern.forEach((pattern, value) -> {
      boolean wild = pattern.startsWith(ANY_LABEL);
      String name = canonical(wild ? pattern.substring(ANY_LABEL.length()) : pattern, pattern);
      T before = wild ? wildcards.put("." + name, value) : exact.put(name, value);
      if (before != null) {
        throw new SslConfigException("the server name " + pattern + " is given twice");
      }
    });
  }

  private static String canonical(String name, String pattern) {
    Host host;
    try {
      host = Host.parse(name);
    } catch (IllegalArgumentException e) {
      throw new SslConfigException(
          "'" + pattern + "' is no server name: " + e.getMessage() + " (a name, or *. and a name)",
          e);
    }
    if (!host.isName()) {
      throw new SslConfigException(
          "'" + pattern + "' is no server name: clients send none for an address (RFC 6066 3)");
    }
    return host.canonical();
  }

  /** What there is for any name. */
  public List<T> all() {
    return Stream.concat(exact.values().stream(), wildcards.values().stream()).toList();
  }

  /** What there is for the name that a client asks for; null when nothing. */
  public @Nullable T find(Optional<String> asked) {
    if (asked.isEmpty()) {
      return null;
    }
    String name = asked.get().toLowerCase(Locale.ROOT);
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    T known = exact.get(name);
    int dot = name.indexOf('.');
    return known != null || dot <= 0 ? known : wildcards.get(name.substring(dot));
  }
}
