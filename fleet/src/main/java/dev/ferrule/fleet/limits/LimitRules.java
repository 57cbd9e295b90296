package dev.ferrule.fleet.limits;

import dev.ferrule.ssl.SslConfigException;

/**
 * What a fleet allows each client address; all of its servers have the same. Times are in
 * milliseconds.
 *
 * @param most handshakes, which may come at once
 * @param time in which as many grow back
 * @param gap the longest time between two exchanges with the store whose counts are used
 */
public record LimitRules(int most, long time, long gap) {
  /** The most addresses that a server knows. */
  public static final int MOST_KNOWN = 65_536;

  /** The most addresses of one exchange. */
  public static final int MOST_SHARED = 512;

  /** An address is not refused longer than for so many times {@link #time}, whoever counted. */
  private static final int LONGEST = 16;

  /** Checks that counts can come in time. */
  public LimitRules {
    if (most < 1 || most > 1_000_000) {
      throw new SslConfigException(
          "a fleet lets 1 to 1000000 handshakes of an address begin, not " + most);
    }
    if (time < 4 * gap || time > 86_400_000) {
      throw new SslConfigException(
          "a fleet's handshakes of an address are counted for %d ms to a day, not %d ms: servers hear of each other once in a poll"
              .formatted(4 * gap, time));
    }
  }

  /** What an address of some use has less after a time. */
  double paid(long elapsed) {
    return (double) elapsed * most / time;
  }

  /**
   * What others counted is known late, up to two gaps: by then, the address had as much back. So
   * much more is allowed where others have counted, for nobody who keeps to the limit is refused.
   */
  double slack() {
    return paid(2 * gap);
  }

  /** More than that is not held against an address. */
  double worst() {
    return (double) LONGEST * most;
  }

  /** How long the store adds to one counter. */
  public long window() {
    return time;
  }
}
