package dev.ferrule.tests.race;

import java.time.Duration;
import java.util.Random;

/**
 * What becomes of an attempt at an address.
 *
 * @param tcp the end of connecting
 * @param connects when that is, from the begin of the attempt
 * @param handshake the end of the handshake
 * @param shakes when that is, from being connected
 */
record Fate(End tcp, Duration connects, End handshake, Duration shakes) {
  /** How a step ends. */
  enum End {
    DONE,
    FAILED,
    /** At the call that begins it; of connecting only. */
    AT_ONCE,
    SILENT
  }

  static Fate random(Random random) {
    return new Fate(end(random, 4), time(random), end(random, 2), time(random));
  }

  /** {@code silent} of ten are silent. */
  private static End end(Random random, int silent) {
    int n = random.nextInt(10);
    if (n < silent) {
      return End.SILENT;
    }
    return n < 6 ? End.DONE : n < 9 ? End.FAILED : End.AT_ONCE;
  }

  /** In odd nanoseconds, so that no two things happen at once. */
  private static Duration time(Random random) {
    long most = Duration.ofMillis(random.nextBoolean() ? 300 : 4_000).toNanos();
    return Duration.ofNanos(1 + random.nextLong(most));
  }
}
