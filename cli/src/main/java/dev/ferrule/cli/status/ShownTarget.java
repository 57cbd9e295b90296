package dev.ferrule.cli.status;

import dev.ferrule.cli.tunnel.Targets;
import dev.ferrule.cli.tunnel.Targets.Target;
import dev.ferrule.cli.tunnel.Tunnel;
import dev.ferrule.host.SafeText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a target of a tunnel does. One that several routes lead to is told once.
 *
 * @param to where it is
 * @param up whether it works, as far as is known
 * @param open connections to it
 */
public record ShownTarget(String to, boolean up, int open) {
  /** Those of a tunnel. */
  public static List<ShownTarget> of(Tunnel tunnel) {
    Map<String, ShownTarget> all = new LinkedHashMap<>();
    for (Targets group : tunnel.setting().routes().all()) {
      for (Target each : group.all()) {
        String to = SafeText.of(each.destination());
        all.merge(to, new ShownTarget(to, !each.isDown(), each.open()), ShownTarget::and);
      }
    }
    return List.copyOf(all.values());
  }

  private ShownTarget and(ShownTarget same) {
    return new ShownTarget(to, up && same.up, open + same.open);
  }
}
