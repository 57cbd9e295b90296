package dev.ferrule.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a round, or several of one target, gave.
 *
 * @param seconds that were measured
 * @param counts what was counted in them
 * @param latency of operations, or of opening, in nanoseconds; not to be changed
 * @param timeline each second
 * @param failures by their code, from the first connection on
 * @param opened connections, or clients that were ready, when it began
 * @param openedIn seconds until they were open
 * @param cpuSeconds of processors, used by this process while it was measured; 0 where that is
 *     unknown
 */
public record Outcome(
    double seconds,
    Counts counts,
    Histogram latency,
    List<Timeline.Second> timeline,
    Map<String, Failure> failures,
    int opened,
    double openedIn,
    double cpuSeconds) {
  /** All of a target's rounds as one. */
  public static Outcome of(List<Outcome> rounds) {
    double seconds = 0;
    double openedIn = 0;
    double cpu = 0;
    int opened = 0;
    Counts counts = Counts.NONE;
    Histogram latency = new Histogram(Meter.DIGITS);
    List<Timeline.Second> timeline = new ArrayList<>();
    Tally failures = new Tally();
    for (Outcome each : rounds) {
      seconds += each.seconds;
      openedIn += each.openedIn;
      cpu += each.cpuSeconds;
      opened = Math.max(opened, each.opened);
      counts = counts.plus(each.counts);
      latency.add(each.latency);
      timeline.addAll(each.timeline);
      failures.addAll(each.failures);
    }
    return new Outcome(
        seconds, counts, latency, List.copyOf(timeline), failures.all(), opened, openedIn, cpu);
  }

  /** Operations a second; 0 where nothing was measured. */
  public double operationsPerSecond() {
    return seconds == 0 ? 0 : counts.done() / seconds;
  }

  /** Bytes a second, both ways together. */
  public double bytesPerSecond() {
    return seconds == 0 ? 0 : counts.bytes() / seconds;
  }

  /** A percentile of the latency in nanoseconds; 0 where nothing was measured. */
  public long latencyAt(double percentile) {
    return latency.getTotalCount() == 0 ? 0 : latency.getValueAtPercentile(percentile);
  }

  /** How often something failed. */
  public long failed() {
    return failures.values().stream().mapToLong(Failure::count).sum();
  }
}
