package dev.ferrule.cli.tunnel;

import dev.ferrule.host.Host;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which targets a client gets by the host name that it asks for (SNI, RFC 6066 3): an exact name
 * goes before {@code *.} and a name, which stands for one label. Immutable.
 */
public final class Routes {
  private static final String ANY_LABEL = "*.";

  private final Map<String, Targets> byName = new HashMap<>();
  private final @Nullable Targets otherwise;

  /**
   * Routes by patterns.
   *
   * @param otherwise for clients that ask for none of these; null refuses them
   * @throws IllegalArgumentException when a pattern is none; the message says why
   */
  public Routes(Map<String, Targets> patterns, @Nullable Targets otherwise) {
    patterns.forEach((pattern, targets) -> {
      if (byName.put(canonical(pattern), targets) != null) {
        throw new IllegalArgumentException(pattern + " is there twice, written in two ways");
      }
    });
    this.otherwise = otherwise;
  }

  private static String canonical(String pattern) {
    boolean wild = pattern.startsWith(ANY_LABEL);
    Host host = Host.parse(wild ? pattern.substring(ANY_LABEL.length()) : pattern);
    if (!host.isName()) {
      throw new IllegalArgumentException("clients ask for names, not for addresses");
    }
    return (wild ? ANY_LABEL : "") + host.canonical();
  }

  /** The targets for a name, which a client has sent; null when it is refused. */
  @Nullable Targets of(@Nullable String name) {
    if (name == null || byName.isEmpty()) {
      return otherwise;
    }
    String asked = name.toLowerCase(Locale.ROOT);
    asked = asked.endsWith(".") ? asked.substring(0, asked.length() - 1) : asked;
    Targets exact = byName.get(asked);
    if (exact != null) {
      return exact;
    }
    Targets wild = byName.get("*" + asked.substring(Math.max(asked.indexOf('.'), 0)));
    return wild == null ? otherwise : wild;
  }

  /** Each group of targets. */
  public Iterable<Targets> all() {
    var every = new java.util.LinkedHashSet<>(byName.values());
    if (otherwise != null) {
      every.add(otherwise);
    }
    return every;
  }
}
