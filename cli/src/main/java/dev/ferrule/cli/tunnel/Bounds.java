package dev.ferrule.cli.tunnel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a tunnel lets its peers use up.
 *
 * @param connections open at once; 0 is no bound
 * @param perAddress open at once from one address, or one IPv6 /64; 0 is no bound
 * @param idle how long a connection may be without a byte in either direction; null is no limit
 * @param lifetime how long a connection may last; null is no limit
 * @param connect how long connecting to a target may take
 * @param handshake how long a handshake may take, on either side, its STARTTLS included
 */
public record Bounds(
    int connections,
    int perAddress,
    @Nullable Duration idle,
    @Nullable Duration lifetime,
    Duration connect,
    Duration handshake) {
  /** Bytes of one client that wait while its target is not connected yet. */
  static final long WAITING = 64 * 1024;

  /** How often {@link #idle} and {@link #lifetime} are looked at; null when there are none. */
  @Nullable Duration lookedAtEvery() {
    Duration shortest = idle;
    if (shortest == null || (lifetime != null && lifetime.compareTo(shortest) < 0)) {
      shortest = lifetime;
    }
    if (shortest == null) {
      return null;
    }
    return Duration.ofMillis(Math.clamp(shortest.toMillis() / 8, 10, 5_000));
  }
}
