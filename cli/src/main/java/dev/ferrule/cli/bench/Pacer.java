package dev.ferrule.cli.bench;

/**
 * The times at which operations of an open loop are to begin: evenly spread, and fixed before. An
 * operation that begins late keeps its time, so that waiting counts as latency. Belongs to one
 * loop, which has one of {@code loops} equal parts of the rate.
 */
final class Pacer {
  private static final double SECOND = 1e9; // nanoseconds

  private final long start;
  private final double first;
  private final double interval;
  private long taken;

  /**
   * Fixes the times.
   *
   * @param start on the clock of {@link System#nanoTime}
   * @param rate operations a second of all loops
   * @param number of this loop, from 0
   */
  Pacer(long start, int rate, int number, int loops) {
    this.start = start;
    this.interval = SECOND * loops / rate;
    this.first = SECOND * number / rate;
  }

  /** When the next operation is to begin. */
  long next() {
    return time(taken);
  }

  /** Takes the next operation; when it was to begin. */
  long take() {
    return time(taken++);
  }

  /** How many were to begin before {@code end}. */
  long dueBefore(long end) {
    double past = end - start - first;
    return past <= 0 ? 0 : (long) Math.ceil(past / interval);
  }

  /** How many were taken. */
  long taken() {
    return taken;
  }

  private long time(long number) {
    return start + (long) (first + number * interval);
  }
}
