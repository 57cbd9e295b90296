package dev.ferrule.fleet;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, with a bound. */
public final class Await {
  private static final long MOST = TimeUnit.SECONDS.toNanos(50);

  private Await() {}

  /** Up to 50 s. */
  public static void until(String what, BooleanSupplier condition) {
    if (!within(MOST, condition)) {
      throw new AssertionError("not within 50 s: " + what);
    }
  }

  /** Whether it is true within so many nanoseconds. */
  public static boolean within(long nanos, BooleanSupplier condition) {
    long end = System.nanoTime() + nanos;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    return true;
  }
}
