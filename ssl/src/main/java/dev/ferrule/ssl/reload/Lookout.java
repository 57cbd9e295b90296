package dev.ferrule.ssl.reload;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A daemon thread that takes a step now and at each interval, or only when it is asked to. What a
 * step throws goes to the thread's handler of uncaught exceptions, and does not end it. Any thread
 * may call any method; the lock is held for moments only.
 */
public final class Lookout implements AutoCloseable {
  /** What it does, on its thread. */
  public interface Step {
    /** {@code asked}: because somebody asked, and not only because the time has come. */
    void take(boolean asked);
  }

  private static final long WITHOUT_END = Long.MAX_VALUE; // 292 years

  private final Step step;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private @Nullable Thread thread;
  private boolean asked;
  private boolean closed;

  /** There is no thread yet. */
  public Lookout(Step step) {
    this.step = step;
  }

  /** Takes a step now, and then at each interval. Once. */
  public void begin(Duration interval) {
    lock.lock();
    try {
      start(() -> run(interval.toNanos(), true));
    } finally {
      lock.unlock();
    }
  }

  /** Takes a step soon; if it was not begun, by a thread that waits to be asked again. */
  public void ask() {
    lock.lock();
    try {
      asked = true;
      if (!closed && thread == null) {
        start(() -> run(WITHOUT_END, false));
      }
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void start(Runnable body) {
    Thread own = Thread.ofPlatform().daemon().name("ferrule-reload").unstarted(body);
    thread = own;
    own.start();
  }

  /** Ends the thread, after the step that it takes. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether it was closed. */
  public boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void run(long interval, boolean atOnce) {
    if (atOnce) {
      take(false);
    }
    while (true) {
      boolean forced;
      lock.lock();
      try {
        pause(interval);
        if (closed) {
          return;
        }
        forced = asked;
        asked = false;
      } finally {
        lock.unlock();
      }
      take(forced);
    }
  }

  private void take(boolean forced) {
    try {
      step.take(forced);
    } catch (Throwable e) {
      Thread self = Thread.currentThread();
      self.getUncaughtExceptionHandler().uncaughtException(self, e);
    }
  }

  private void pause(long interval) {
    long left = interval;
    while (left > 0 && !asked && !closed) {
      try {
        left = woken.awaitNanos(left);
      } catch (InterruptedException e) {
        // Nobody but close() ends it: the step may have set this.
      }
    }
  }
}
