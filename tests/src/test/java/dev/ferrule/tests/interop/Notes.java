package dev.ferrule.tests.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What happened, in order, for another thread to wait for. Any thread. */
final class Notes<T> {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<T> notes = new ArrayList<>();

  synchronized void add(T note) {
    notes.add(note);
    notifyAll();
  }

  synchronized List<T> all() {
    return List.copyOf(notes);
  }

  /** The first note that fits, as soon as it is there. */
  T await(Predicate<T> which) {
    return await(1, which).get(0);
  }

  /** The first {@code count} notes that fit, as soon as they are there. */
  synchronized List<T> await(int count, Predicate<T> which) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<T> found = notes.stream().filter(which).limit(count).toList();
      if (found.size() == count) {
        return found;
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("waited in vain; what happened: " + notes);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted; what happened: " + notes, e);
      }
    }
  }
}
