package dev.ferrule;

import dev.ferrule.event.CallbackError;
import dev.ferrule.event.Event;
import dev.ferrule.loop.Inbox;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The loops of programs that have none: on daemon threads, begun with the first socket that is
 * dialled, kept until the JVM ends. What a callback throws goes to the thread's handler of uncaught
 * exceptions and ends nothing; when the loops have been ended all the same, others begin. Any
 * thread.
 */
final class SharedLoops {
  private static final int MOST = 4;
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static @Nullable SharedLoops current; // with the lock

  private final int count = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, MOST);
  private final List<EventLoop> loops = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final AtomicInteger turn = new AtomicInteger();

  private SharedLoops() {}

  /**
   * Runs {@code action} on one of the loops, also when that has ended meanwhile: which loop.
   *
   * @throws InterruptedIOException when the thread is interrupted while they begin
   */
  static EventLoop execute(Consumer<EventLoop> action) throws InterruptedIOException {
    while (true) {
      SharedLoops shared = running();
      int number = Math.floorMod(shared.turn.getAndIncrement(), shared.count);
      EventLoop loop = shared.loops.get(number);
      if (loop.executeIfRunning((Inbox.Chore) () -> action.accept(loop))) {
        return loop;
      }
      shared.forget();
    }
  }

  private static SharedLoops running() throws InterruptedIOException {
    SharedLoops shared;
    LOCK.lock();
    try {
      if (current == null) {
        current = new SharedLoops();
        current.start();
      }
      shared = current;
    } finally {
      LOCK.unlock();
    }
    shared.awaitStart();
    return shared;
  }

  private void forget() {
    LOCK.lock();
    try {
      if (current == this) {
        current = null;
      }
    } finally {
      LOCK.unlock();
    }
  }

  private void start() {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("ferrule-dial")
            .inheritInheritableThreadLocals(false)
            .unstarted(this::run);
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader()); // not that of who came first
    thread.start();
  }

  private void run() {
    try {
      EventLoop.setup()
          .loops(count)
          .catchCallbackErrors()
          .defaultEventHandler(SharedLoops::unheard)
          .run(this::begin);
      started.completeExceptionally(new IllegalStateException("the shared loops have ended"));
    } catch (Throwable e) {
      if (!started.completeExceptionally(e)) {
        report(e);
      }
    } finally {
      forget();
    }
  }

  /** Each loop runs on although it has nothing to do. */
  private void begin(EventLoop loop) {
    Notifier _ = loop.notifier(() -> {});
    loops.add(loop);
    if (loops.size() == count) {
      started.complete(null);
    }
  }

  private void awaitStart() throws InterruptedIOException {
    try {
      started.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the thread was interrupted while the shared loop began");
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the shared loop could not be started: " + e.getCause(), e.getCause());
    }
  }

  private static void unheard(Event event) {
    if (event instanceof CallbackError error && error.getCause() != null) {
      report(error.getCause());
    }
  }

  private static void report(Throwable thrown) {
    Thread here = Thread.currentThread();
    here.getUncaughtExceptionHandler().uncaughtException(here, thrown);
  }
}
