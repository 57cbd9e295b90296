package dev.ferrule.cli;

import dev.ferrule.cli.tunnel.Bounds;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The options of one tunnel's bounds: how many connections, and for how long. */
final class BoundsOptions {
  private static final Duration LONGEST = Duration.ofDays(365);

  private int connections = 10_000;
  private int perAddress;
  private @Nullable Duration idle;
  private @Nullable Duration lifetime;
  private Duration connect = Duration.ofSeconds(10);
  private Duration handshake = Duration.ofSeconds(10);

  void describe(Description command) {
    command
        .value(
            "--max-connections",
            "N",
            int.class,
            n -> connections = n,
            "Clients at once; 10000 unless said, 0 is no bound.")
        .value(
            "--connections-per-address",
            "N",
            int.class,
            n -> perAddress = n,
            "Clients at once from one address, or one IPv6 /64; no bound unless said.")
        .text(
            "--idle",
            "TIME",
            time -> idle = duration("--idle", time),
            "Cut connections without a byte for so long, such as 30m; never unless said.")
        .text(
            "--lifetime",
            "TIME",
            time -> lifetime = duration("--lifetime", time),
            "Cut connections that are so old, such as 24h; never unless said.")
        .text(
            "--connect-timeout",
            "TIME",
            time -> connect = duration("--connect-timeout", time),
            "For resolving and connecting to one target; 10s.")
        .text(
            "--handshake-timeout",
            "TIME",
            time -> handshake = duration("--handshake-timeout", time),
            "For the handshake, and for the talk of --starttls; 10s.");
  }

  static Duration duration(String option, String text) {
    Duration time = DurationText.parse(option, text, LONGEST);
    if (time.toMillis() < 1) {
      throw new ToolError(Exit.USAGE, option + " is at least 1ms, not " + text);
    }
    return time;
  }

  /** What is wrong with them; null when nothing is. */
  @Nullable String contradiction() {
    if (connections < 0) {
      return "--max-connections is 0 or more, not " + connections;
    } else if (perAddress < 0) {
      return "--connections-per-address is 0 or more, not " + perAddress;
    }
    return null;
  }

  Bounds bounds() {
    return new Bounds(connections, perAddress, idle, lifetime, connect, handshake);
  }
}
