package dev.ferrule.epoll;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An eventfd that ends a poller's wait, from any thread. It is watched edge-triggered: each write
 * is an event, so it is never read, and its 64-bit counter cannot fill up (eventfd(2)).
 *
 * <p>One write is outstanding at most. The lock is taken for a write and for the close: otherwise
 * the descriptor could be closed, and its number reused, between a waker's check and its write.
 */
final class Wakeup {
  private final MemorySegment errno = new Scratch().errno; // guarded by this
  private final AtomicBoolean outstanding = new AtomicBoolean();
  private final int fd;
  private boolean closed; // guarded by this

  Wakeup() throws IOException {
    fd = EpollCalls.eventfd(errno);
    if (fd < 0) {
      throw Errno.failure(-fd);
    }
  }

  int fd() {
    return fd;
  }

  /** Ends the wait. Any thread. */
  void signal() {
    if (!outstanding.compareAndSet(false, true)) {
      return;
    }
    synchronized (this) {
      if (!closed) {
        EpollCalls.signal(errno, fd);
      }
    }
  }

  /**
   * Called when a wait has ended for any reason; later wake-ups must write again. If a waker has
   * not written yet, its write ends the next wait early, which is harmless.
   */
  void back() {
    if (outstanding.get()) {
      outstanding.set(false);
    }
  }

  void close() {
    synchronized (this) {
      if (!closed) {
        closed = true;
        Libc.close(fd);
      }
    }
  }
}
