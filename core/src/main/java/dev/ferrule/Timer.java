package dev.ferrule;

import dev.ferrule.loop.TimerTask;

/**
 * An action that a loop runs later, once or repeatedly. Belongs to the loop's thread.
 *
 * <p>cl-async: what {@code delay} and {@code interval} return.
 */
public final class Timer {
  private final TimerTask task;

  Timer(TimerTask task) {
    this.task = task;
  }

  /** Cancels it; does nothing when it has run or was cancelled before. */
  public void cancel() {
    task.cancel();
  }

  /** Whether it will run. */
  public boolean isPending() {
    return task.isPending();
  }
}
