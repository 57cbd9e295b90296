package dev.ferrule;

import dev.ferrule.loop.TimerTask;

/**
 * Something that a loop does later, once or again and again. Belongs to the loop's thread.
 *
 * <p>cl-async: what {@code delay} and {@code interval} return.
 */
public final class Timer {
  private final TimerTask task;

  Timer(TimerTask task) {
    this.task = task;
  }

  /** Takes it off; nothing when it has run, or was cancelled before. */
  public void cancel() {
    task.cancel();
  }

  /** Whether it is still to run. */
  public boolean isPending() {
    return task.isPending();
  }
}
