package dev.ferrule;

import dev.ferrule.loop.Handle;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets another thread tell the loop that something is ready. It keeps the loop running until it has
 * been triggered or closed. cl-async: {@code make-notifier}.
 */
public final class Notifier implements AutoCloseable {
  private final EventLoop loop;
  private final Runnable action;
  private final Handle handle = new Open();
  private final AtomicBoolean ended = new AtomicBoolean();

  Notifier(EventLoop loop, Runnable action) {
    this.loop = loop;
    this.action = action;
    loop.inner().handles().add(handle);
  }

  /**
   * Runs the action once, on the loop's thread. Any thread; a second trigger does nothing.
   *
   * @throws IllegalStateException when the loop has ended
   */
  public void trigger() {
    if (ended.compareAndSet(false, true)) {
      loop.execute(() -> {
        loop.inner().handles().remove(handle);
        action.run();
      });
    }
  }

  /**
   * No longer keeps the loop running, and does not run the action. Any thread; does nothing after
   * the loop's end.
   */
  @Override
  public void close() {
    if (ended.compareAndSet(false, true)) {
      loop.executeIfRunning(() -> loop.inner().handles().remove(handle));
    }
  }

  /** Keeps the loop running; {@link EventLoop#closeAll} does not end it. */
  private static final class Open implements Handle {
    @Override
    public Kind kind() {
      return Kind.NOTIFIER;
    }

    @Override
    public void close() {}

    @Override
    public void drop() {}
  }
}
