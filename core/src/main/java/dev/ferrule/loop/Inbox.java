package dev.ferrule.loop;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What other threads, and the loop itself, hand over to be run on the loop. An action that was
 * taken is run, unless the loop is ended from inside; one that comes too late is refused.
 */
public final class Inbox {
  /** Work of the library that is done even when the loop ends before its turn comes. */
  @FunctionalInterface
  public interface Chore extends Runnable {}

  private final Thread thread;
  private final Runnable wake;
  private final ConcurrentLinkedQueue<Runnable> actions = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Object door = new Object(); // other threads come in, and the loop shuts it
  private volatile boolean closed;
  private volatile boolean released;

  Inbox(Thread thread, Runnable wake) {
    this.thread = thread;
    this.wake = wake;
  }

  /** False when the loop ends or has ended, and {@code action} will not be run. Any thread. */
  boolean offer(Runnable action) {
    return take(action, false);
  }

  /**
   * As {@link #offer}, but refuses only when the loop has let go of all that it had: what a task of
   * a handshake works on is the loop's until then, and must not be freed by two. Any thread.
   */
  boolean offerUntilReleased(Chore chore) {
    return take(chore, true);
  }

  private boolean take(Runnable action, boolean untilReleased) {
    if (Thread.currentThread() == thread) {
      return !refuses(untilReleased) && actions.add(action);
    }
    synchronized (door) {
      if (refuses(untilReleased)) {
        return false;
      }
      actions.add(action);
      if (closed) {
        return true; // the loop is at its end, and looks for chores by itself
      }
    }
    if (woken.compareAndSet(false, true)) {
      wake.run();
    }
    return true;
  }

  private boolean refuses(boolean untilReleased) {
    return untilReleased ? released : closed;
  }

  boolean isEmpty() {
    return actions.isEmpty();
  }

  /** Hands out what was there when it was called; what that adds waits for the next turn. */
  void drain(Consumer<Runnable> runner) {
    woken.set(false);
    for (int left = actions.size(); left > 0; left--) {
      Runnable action = actions.poll();
      if (action != null) {
        runner.accept(action);
      }
    }
  }

  /** Refuses from now on; false, and goes on, when something is there to be run. */
  boolean closeIfEmpty() {
    synchronized (door) {
      closed = actions.isEmpty();
      return closed;
    }
  }

  void close() {
    synchronized (door) {
      closed = true;
    }
  }

  /**
   * After the end: the next chore that was not done; null when there is none, and then none is
   * taken any more: all was released.
   */
  @Nullable Chore leftChore() {
    synchronized (door) {
      for (Runnable action : actions) {
        if (action instanceof Chore chore && actions.remove(chore)) {
          return chore;
        }
      }
      released = true;
      return null;
    }
  }
}
