package dev.ferrule.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the tunnels of a process listen and lead to: each address once, and none in a circle. */
final class TunnelAddresses {
  private TunnelAddresses() {}

  /**
   * Looks at their texts; what names resolve to is not known here.
   *
   * @throws ToolError when two listen at one address, or some lead into each other
   */
  static void check(Map<String, TunnelOptions> tunnels) {
    requireNoneTwice(tunnels);
    requireNoCycle(tunnels);
  }

  private static void requireNoneTwice(Map<String, TunnelOptions> tunnels) {
    Map<String, String> seen = new HashMap<>();
    tunnels.forEach((name, options) -> {
      String where = options.listenText();
      String before = where.endsWith(":0") ? null : seen.put(where, name);
      if (before != null) {
        throw new ToolError(
            Exit.USAGE, "the tunnels " + before + " and " + name + " both listen at " + where);
      }
    });
  }

  /** Tunnels that lead into each other would pass one connection on until nothing is left. */
  private static void requireNoCycle(Map<String, TunnelOptions> tunnels) {
    Map<String, List<String>> leads = new HashMap<>();
    tunnels.values().forEach(each -> leads.put(each.listenText(), each.targetTexts()));
    Map<String, Boolean> done = new HashMap<>(); // false while its targets are looked at
    for (String start : leads.keySet()) {
      List<String> path = new ArrayList<>(List.of(start));
      while (!path.isEmpty()) {
        String at = path.getLast();
        Boolean state = done.putIfAbsent(at, false);
        String next =
            leads.getOrDefault(at, List.of()).stream()
                .filter(
                    target -> leads.containsKey(target) && !Boolean.TRUE.equals(done.get(target)))
                .findFirst()
                .orElse(null);
        if (Boolean.TRUE.equals(state) || next == null) {
          done.put(at, true);
          path.removeLast();
        } else if (done.containsKey(next)) {
          throw new ToolError(
              Exit.USAGE, "the tunnels that listen at " + at + " and " + next + " form a circle");
        } else {
          path.add(next);
        }
      }
    }
  }
}
