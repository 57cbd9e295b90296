package dev.ferrule.cli.status;

import dev.ferrule.cli.tunnel.TunnelStats;
import dev.ferrule.cli.tunnel.TunnelStats.Count;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;

/**
 * What all tunnels together had counted at moments of the last hour, for the curves of the page.
 * Any thread.
 */
final class Samples {
  /** Seconds from one to the next. */
  static final int EVERY_SECONDS = 10;

  /** How many are kept: an hour. */
  static final int MOST = 360;

  private final Observed observed;
  private final ArrayDeque<Sample> kept = new ArrayDeque<>(MOST);

  /**
   * One moment; all but {@code open} are sums since the tunnels began.
   *
   * @param at when
   * @param open connections at that moment
   * @param accepted connections of clients
   * @param handshakes those that were done
   * @param failed those that failed
   * @param fromClients bytes
   * @param fromTargets bytes
   */
  record Sample(
      Instant at,
      long open,
      long accepted,
      long handshakes,
      long failed,
      long fromClients,
      long fromTargets) {}

  Samples(Observed observed) {
    this.observed = observed;
  }

  /** Takes one. */
  void take(Instant now) {
    long open = 0;
    long[] sums = new long[5];
    for (Observed.Each each : observed.tunnels()) {
      TunnelStats stats = each.stats();
      open += each.open();
      sums[0] += stats.of(Count.ACCEPTED);
      sums[1] += stats.of(Count.FULL_HANDSHAKES) + stats.of(Count.RESUMED_HANDSHAKES);
      sums[2] += stats.failedHandshakes().values().stream().mapToLong(Long::longValue).sum();
      sums[3] += stats.of(Count.BYTES_FROM_CLIENTS);
      sums[4] += stats.of(Count.BYTES_FROM_TARGETS);
    }
    Sample sample = new Sample(now, open, sums[0], sums[1], sums[2], sums[3], sums[4]);
    synchronized (kept) {
      if (kept.size() == MOST) {
        kept.removeFirst();
      }
      kept.addLast(sample);
    }
  }

  /** All that are kept, the first one first. */
  List<Sample> all() {
    synchronized (kept) {
      return List.copyOf(kept);
    }
  }
}
