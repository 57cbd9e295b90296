package dev.ferrule.loop;

import dev.ferrule.jfr.Called;

/** Something that a loop does later, once or again and again. Belongs to the loop's thread. */
public final class TimerTask implements Runnable, Called {
  static final int IDLE = -1;

  private final Timers timers;
  private final Runnable action;
  private final long everyNanos; // 0: once
  long dueNanos;
  long number; // of all that were added: those due at the same time run in that order
  int slot = IDLE; // in the heap of Timers

  TimerTask(Timers timers, Runnable action, long everyNanos) {
    this.timers = timers;
    this.action = action;
    this.everyNanos = everyNanos;
  }

  /** Takes it off, on the program's behalf; nothing when it has run, or was cancelled before. */
  public void cancel() {
    if (slot != IDLE) {
      timers.check();
      timers.remove(this);
    }
  }

  /** Whether it is still to run. */
  public boolean isPending() {
    return slot != IDLE;
  }

  /** When it is due, on the loop's clock. */
  public long dueNanos() {
    return dueNanos;
  }

  boolean isBefore(TimerTask other) {
    return dueNanos == other.dueNanos ? number < other.number : dueNanos - other.dueNanos < 0;
  }

  @Override
  public Object code() {
    return action;
  }

  /** Its time has come; called by its timers. */
  @Override
  public void run() {
    if (everyNanos > 0) {
      // From when it was due, not from now: an interval does not drift. A loop that was held up
      // skips the rounds it missed instead of running them all at once.
      long late = timers.now() - dueNanos;
      timers.add(this, dueNanos + everyNanos * (1 + Math.max(0, late) / everyNanos));
    }
    action.run();
  }
}
