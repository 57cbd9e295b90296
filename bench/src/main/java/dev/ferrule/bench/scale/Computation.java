package dev.ferrule.bench.scale;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What the processors give to threads that share nothing: the most that loops could gain. */
final class Computation {
  private static final int STEPS = 20_000;

  private static volatile long result; // what is computed is not left out by the compiler

  private Computation() {}

  /** Rounds of some microseconds of arithmetic that all threads do in a second. */
  static double rate(int threads, Duration time) throws InterruptedException {
    AtomicLong done = new AtomicLong();
    List<Thread> running = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < threads; i++) {
      running.add(
          Thread.ofPlatform()
              .start(() -> {
                long x = Thread.currentThread().threadId() + 1;
                long rounds = 0;
                while (System.nanoTime() - begin < time.toNanos()) {
                  for (int step = 0; step < STEPS; step++) {
                    x ^= x << 13; // no sum that a compiler could find
                    x ^= x >>> 7;
                    x ^= x << 17;
                  }
                  rounds++;
                }
                result = x;
                done.addAndGet(rounds);
              }));
    }
    for (Thread each : running) {
      each.join();
    }
    return done.get() * 1e9 / (System.nanoTime() - begin);
  }
}
