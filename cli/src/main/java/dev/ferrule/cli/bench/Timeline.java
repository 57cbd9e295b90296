package dev.ferrule.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What was measured in each second, of all loops together. Any thread: the loops come by once a
 * second, and hold the lock for the time in which two histograms are added.
 */
public final class Timeline {
  private final int loops;
  private final TreeMap<Integer, Part> parts = new TreeMap<>(); // seconds that loops still have
  private final List<Second> seconds = new ArrayList<>();
  private long operations;
  private long bytes;

  Timeline(int loops) {
    this.loops = loops;
  }

  /**
   * One second, of all loops.
   *
   * @param length in seconds; the last may be shorter
   * @param operations that were answered
   * @param bytes each way
   * @param p50 the median of their latencies in nanoseconds; 0 where nothing was answered
   * @param p99 the percentile 99
   * @param max the largest
   */
  public record Second(double length, long operations, long bytes, long p50, long p99, long max) {}

  private static final class Part {
    final Histogram latency = new Histogram(Meter.DIGITS);
    double length;
    long operations;
    long bytes;
    int loops;

    Second done() {
      boolean none = latency.getTotalCount() == 0;
      return new Second(
          length,
          operations,
          bytes,
          none ? 0 : latency.getValueAtPercentile(50),
          none ? 0 : latency.getValueAtPercentile(99),
          none ? 0 : latency.getMaxValue());
    }
  }

  /** Takes one loop's part of a second, and leaves the histogram empty. */
  synchronized void add(
      int number, double length, Histogram latency, long newOperations, long newBytes) {
    Part part = parts.computeIfAbsent(number, _ -> new Part());
    part.latency.add(latency);
    part.length = Math.max(part.length, length);
    part.operations += newOperations;
    part.bytes += newBytes;
    part.loops++;
    operations += newOperations;
    bytes += newBytes;
    if (part.loops == loops) {
      finish(number);
    }
    latency.reset();
  }

  private void finish(int number) {
    Part part = parts.remove(number);
    if (part != null && part.length > 0) {
      seconds.add(part.done());
    }
  }

  /** All seconds, those too in which a loop has said nothing. */
  synchronized List<Second> all() {
    while (!parts.isEmpty()) {
      finish(parts.firstKey());
    }
    return List.copyOf(seconds);
  }

  /** What is known so far, for people who wait. */
  synchronized Progress progress() {
    Second last = seconds.isEmpty() ? null : seconds.getLast();
    return new Progress(seconds.size(), operations, bytes, last);
  }

  /**
   * What is known while it is measured.
   *
   * @param seconds that are over
   * @param operations in all of them
   * @param bytes in all of them
   * @param last the last of them; null for none
   */
  public record Progress(int seconds, long operations, long bytes, @Nullable Second last) {}
}
