package dev.ferrule;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets another thread tell the loop that something is ready. It keeps the loop running until it has
 * been triggered or closed. cl-async: {@code make-notifier}.
 */
public final class Notifier implements AutoCloseable {
  private final EventLoop loop;
  private final Runnable action;
  private final AtomicBoolean ended = new AtomicBoolean();

  Notifier(EventLoop loop, Runnable action) {
    this.loop = loop;
    this.action = action;
  }

  /**
   * Runs the action once, on the loop's thread. Any thread; a second trigger does nothing.
   *
   * @throws IllegalStateException when the loop has ended
   */
  public void trigger() {
    if (ended.compareAndSet(false, true)) {
      loop.execute(() -> {
        loop.holdings().remove(this);
        action.run();
      });
    }
  }

  /** Lets the loop go without running the action. Any thread; harmless after the loop's end. */
  @Override
  public void close() {
    if (ended.compareAndSet(false, true)) {
      loop.executeIfRunning(() -> loop.holdings().remove(this));
    }
  }
}
