package dev.ferrule.loop;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one loop: a binary heap in which each timer knows its slot, so that it can leave.
 */
public final class Timers {
  private static final Duration CENTURY = Duration.ofDays(36_500);

  private final Loop loop;
  private @Nullable TimerTask[] heap = new @Nullable TimerTask[16];
  private int size;
  private long added;

  Timers(Loop loop) {
    this.loop = loop;
  }

  void check() {
    loop.check();
  }

  long now() {
    return loop.now();
  }

  /** How many are under way. */
  public int size() {
    return size;
  }

  /** A time in nanoseconds; more than a century is a century, so that sums do not overflow. */
  public static long nanos(Duration time) {
    return time.compareTo(CENTURY) > 0 ? CENTURY.toNanos() : Math.max(0, time.toNanos());
  }

  /** A task that is not added yet; {@code everyNanos} is 0 for one that runs once. */
  public TimerTask task(Runnable action, long everyNanos) {
    return new TimerTask(this, action, everyNanos);
  }

  /** Adds, or moves, a timer. */
  public void add(TimerTask timer, long dueNanos) {
    timer.dueNanos = dueNanos;
    timer.number = added++;
    if (timer.slot == TimerTask.IDLE) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      place(timer, size++);
    }
    sink(rise(timer));
  }

  /** Takes a timer off, also when the loop has ended. */
  public void remove(TimerTask timer) {
    int slot = timer.slot;
    if (slot == TimerTask.IDLE) {
      return;
    }
    timer.slot = TimerTask.IDLE;
    TimerTask last = at(--size);
    heap[size] = null;
    if (last != timer) {
      place(last, slot);
      sink(rise(last));
    }
  }

  /** Nanoseconds until the first is due, 0 when it is; -1 when there is none. */
  long nanosToNext() {
    return size == 0 ? -1 : Math.max(0, at(0).dueNanos - now());
  }

  /** Runs what was due when it was called; what those add waits for the next turn. */
  void runDue() {
    if (size == 0) {
      return;
    }
    long now = now();
    long before = added;
    while (size > 0 && at(0).dueNanos - now <= 0 && at(0).number < before) {
      TimerTask due = at(0);
      remove(due);
      loop.invoker().run(due);
    }
  }

  void clear() {
    for (int i = 0; i < size; i++) {
      at(i).slot = TimerTask.IDLE;
    }
    Arrays.fill(heap, null);
    size = 0;
  }

  private TimerTask at(int slot) {
    return Objects.requireNonNull(heap[slot]);
  }

  private void place(TimerTask timer, int slot) {
    heap[slot] = timer;
    timer.slot = slot;
  }

  private TimerTask rise(TimerTask timer) {
    int slot = timer.slot;
    while (slot > 0) {
      TimerTask parent = at((slot - 1) / 2);
      if (!timer.isBefore(parent)) {
        break;
      }
      place(parent, slot);
      slot = (slot - 1) / 2;
    }
    place(timer, slot);
    return timer;
  }

  private void sink(TimerTask timer) {
    int slot = timer.slot;
    while (2 * slot + 1 < size) {
      int child = 2 * slot + 1;
      if (child + 1 < size && at(child + 1).isBefore(at(child))) {
        child++;
      }
      if (!at(child).isBefore(timer)) {
        break;
      }
      place(at(child), slot);
      slot = child;
    }
    place(timer, slot);
  }
}
