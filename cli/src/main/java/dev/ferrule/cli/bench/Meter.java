package dev.ferrule.cli.bench;

import org.HdrHistogram.Histogram;

/**
 * What one loop has counted, and how long its operations took: a histogram of the second that runs,
 * and one of all seconds before. Belongs to the loop; recording allocates nothing.
 */
final class Meter {
  /** Significant digits of what is recorded, in nanoseconds. */
  static final int DIGITS = 3;

  final Tally failures = new Tally();
  final Histogram total = new Histogram(DIGITS);
  private final Histogram second = new Histogram(DIGITS);
  long done;
  long failed;
  long late;
  long sent;
  long received;
  long full;
  long resumed;
  long unclean;
  long lost;
  private long doneBefore;
  private long bytesBefore;

  /** The warm-up is over: what was counted until now is forgotten, but for failures. */
  void begin() {
    second.reset();
    total.reset();
    done = 0;
    failed = 0;
    late = 0;
    sent = 0;
    received = 0;
    full = 0;
    resumed = 0;
    unclean = 0;
    doneBefore = 0;
    bytesBefore = 0;
  }

  /** An operation was answered. */
  void took(long nanos) {
    second.recordValue(Math.max(0, nanos));
    done++;
  }

  void handshake(boolean wasResumed) {
    if (wasResumed) {
      resumed++;
    } else {
      full++;
    }
  }

  /** Ends a second of {@code seconds}, and hands over what was counted in it. */
  void cut(Timeline timeline, int number, double seconds) {
    total.add(second);
    long bytes = sent + received;
    timeline.add(number, seconds, second, done - doneBefore, bytes - bytesBefore);
    doneBefore = done;
    bytesBefore = bytes;
  }

  /** How long something has taken that is no answer; {@code times} as many. */
  void waited(long nanos, long times) {
    total.recordValueWithCount(Math.max(0, nanos), times);
  }
}
