package dev.ferrule.cli.status;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A body that is made anew when it is asked for and a moment old: a thousand clients at once cost
 * one. Any thread; others wait while one makes it.
 */
final class Rendered {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Supplier<byte[]> source;
  private byte @Nullable [] body;
  private long made;

  Rendered(Supplier<byte[]> source) {
    this.source = source;
  }

  /** Not to be changed. */
  synchronized byte[] body() {
    long now = System.nanoTime();
    byte[] last = body;
    if (last == null || now - made > FRESH_NANOS) {
      last = source.get();
      body = last;
      made = now;
    }
    return last;
  }
}
