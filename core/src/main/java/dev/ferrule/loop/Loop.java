package dev.ferrule.loop;

import dev.ferrule.jfr.Recorder;
import dev.ferrule.jfr.StallWatch;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Poller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The inside of an event loop: its turns, and what connections and servers need of it. One turn is
 * written out in docs/turn.md. Belongs to the thread that made it; {@link #executeIfRunning} and
 * {@link #inLoop} may be called by any.
 */
public final class Loop {
  /** How long memory is kept for connections that were active: between one and two of these. */
  private static final long TRIM_NANOS = Duration.ofSeconds(20).toNanos();

  private final Thread thread = Thread.currentThread();
  private final LoopSettings settings;
  private final Poller poller;
  private final Buffers buffers = new Buffers();
  private final Timers timers = new Timers(this);
  private final Handles handles = new Handles();
  private final Inbox inbox;
  private final CallbackInvoker invoker;
  private final Consumer<Runnable> runner; // made once, not each turn
  private final ArrayDeque<TurnHandle> changed = new ArrayDeque<>();
  private ArrayDeque<TurnHandle> again = new ArrayDeque<>();
  private ArrayDeque<TurnHandle> nextAgain = new ArrayDeque<>();
  private final ArrayDeque<TurnHandle> releases = new ArrayDeque<>();
  private final ArrayDeque<Runnable> exitCallbacks = new ArrayDeque<>();
  private @Nullable TurnHandle calling; // whose callback runs now
  private @Nullable StallWatch stalls; // while somebody records them
  private long now;
  private long trimAt; // counts while there is something to trim
  private boolean trims;
  private boolean nowIsOld = true;
  private boolean exiting;
  private boolean interrupted;
  private boolean ended;

  /** A loop of the calling thread. */
  public Loop(LoopSettings settings, Poller poller) {
    this.settings = settings;
    this.poller = poller;
    this.invoker = new CallbackInvoker(settings, this);
    this.runner = invoker::run;
    this.inbox = new Inbox(thread, poller::wake);
  }

  // ---- running

  /** Runs {@code main}, then turns until nothing is left to wait for. */
  public void run(Runnable main) {
    Throwable thrown = null;
    try {
      watchStalls();
      invoker.run(main);
      while (goesOn()) {
        turn();
      }
    } catch (Throwable t) {
      thrown = t;
      throw t;
    } finally {
      end(thrown);
    }
  }

  private boolean goesOn() {
    if (exiting || hasWork()) {
      return !exiting;
    }
    return !inbox.closeIfEmpty();
  }

  private boolean hasWork() {
    return handles.any() || timers.size() > 0 || !inbox.isEmpty();
  }

  /** docs/turn.md tells this method in words. */
  private void turn() {
    nowIsOld = true;
    watchStalls();
    inbox.drain(runner);
    timers.runDue();
    if (releases.isEmpty() && !hasWork()) {
      return;
    }
    trim();
    poll();
    runAgain();
    release();
    assert violation() == null : violation();
  }

  /** Asked once a turn, so that a callback is not asked about when nobody records. */
  private void watchStalls() {
    boolean wanted = Recorder.stalls();
    if (wanted != (stalls != null)) {
      stalls = wanted ? new StallWatch() : null;
    }
  }

  private void poll() {
    boolean pending = exiting || !inbox.isEmpty() || !nextAgain.isEmpty() || !releases.isEmpty();
    nowIsOld = true;
    long wait = pending ? 0 : nanosToWait();
    if (Thread.interrupted()) {
      interrupted = true; // a wait would return at once, for ever; run's caller shall see it
    }
    nowIsOld = true; // what is dispatched was not there before the wait
    try {
      poller.poll(wait);
    } catch (IOException e) {
      throw new UncheckedIOException("the poller failed: " + e.getMessage(), e);
    }
    settle();
  }

  /** Until the next timer, or until memory is trimmed, if that is sooner; -1 for no end. */
  private long nanosToWait() {
    long timer = timers.nanosToNext();
    if (!trims) {
      return timer;
    }
    long trim = Math.max(0, trimAt - now());
    return timer < 0 ? trim : Math.min(timer, trim);
  }

  /** Trims when it is time; what was not used between two times is dropped. */
  private void trim() {
    if (!buffers.trims()) {
      trims = false;
    } else if (!trims) {
      trims = true;
      trimAt = now() + TRIM_NANOS;
    } else if (trimAt - now() <= 0) {
      buffers.trim();
      trimAt = now() + TRIM_NANOS;
    }
  }

  private void runAgain() {
    ArrayDeque<TurnHandle> round = nextAgain;
    nextAgain = again;
    again = round;
    TurnHandle handle;
    while ((handle = round.poll()) != null) {
      handle.again();
      settle();
    }
  }

  private void release() {
    TurnHandle handle;
    while ((handle = releases.poll()) != null) {
      handle.release();
      settle();
    }
  }

  /**
   * The end of each dispatch: every connection that changed in it makes its one write, and says
   * what it waits for. Whoever changed it: its own callback, another's, a timer, another thread.
   */
  public void settle() {
    TurnHandle handle;
    while ((handle = changed.poll()) != null) {
      handle.settle(); // a failure that it tells may change others
    }
    Outlet owner = buffers.owner();
    if (owner != null) {
      owner.clear(); // of a closed connection: it has nowhere to go any more
    }
  }

  /** Everything is closed on every way out, and a second failure does not hide the first. */
  private void end(@Nullable Throwable thrown) {
    inbox.close();
    Throwable first = thrown;
    Runnable callback;
    while ((callback = exitCallbacks.poll()) != null) {
      Runnable last = callback;
      first = Handles.attempt(first, () -> invoker.run(last));
    }
    ended = true;
    first = handles.drop(first);
    for (Inbox.Chore chore; (chore = inbox.leftChore()) != null; ) {
      first = Handles.attempt(first, chore);
    }
    timers.clear();
    if (interrupted) {
      thread.interrupt();
    }
    if (thrown == null && first instanceof RuntimeException e) {
      throw e;
    }
    if (thrown == null && first instanceof Error e) {
      throw e;
    }
  }

  /** Ends the loop after this turn. */
  public void exit() {
    exiting = true;
  }

  /** Runs {@code callback} when the loop ends; the last added runs first. */
  public void onExit(Runnable callback) {
    exitCallbacks.push(Objects.requireNonNull(callback));
  }

  // ---- what connections and servers call

  /** {@code handle} changed, and is settled at the end of this dispatch. */
  public void changed(TurnHandle handle) {
    changed.add(handle);
  }

  /** {@code handle} has something to do in this turn, or the next. */
  public void again(TurnHandle handle) {
    nextAgain.add(handle);
  }

  /** {@code handle} was closed, and is released at the end of this turn. */
  public void releaseLater(TurnHandle handle) {
    releases.add(handle);
  }

  /** A callback of {@code handle} begins, null for none: whose callback ran before. */
  public @Nullable TurnHandle calling(@Nullable TurnHandle handle) {
    TurnHandle before = calling;
    calling = handle;
    return before;
  }

  /** A part of this turn begins: what measures it, null when nobody does. */
  public @Nullable StallWatch measure() {
    StallWatch watch = stalls;
    if (watch != null) {
      watch.begins();
    }
    return watch;
  }

  /** Whether a callback of another handle runs now. */
  public boolean callsOther(TurnHandle handle) {
    return calling != null && calling != handle;
  }

  /** False when the loop has ended, and {@code action} will not be run. Any thread. */
  public boolean executeIfRunning(Runnable action) {
    return inbox.offer(action);
  }

  /** False when the loop has let go of all that it had, and {@code chore} will not be run. */
  public boolean executeUntilReleased(Inbox.Chore chore) {
    return inbox.offerUntilReleased(chore);
  }

  /** Whether what begins now would be dropped, or can no more begin. On its thread. */
  public boolean isEnding() {
    return ended || exiting;
  }

  /** Runs {@code action} once, after {@code time}. */
  public TimerTask delay(Duration time, Runnable action) {
    TimerTask timer = timers.task(action, 0);
    timers.add(timer, clock() + Timers.nanos(time));
    return timer;
  }

  /** Runs {@code action} every {@code time}, first after {@code time}. */
  public TimerTask interval(Duration time, Runnable action) {
    long every = Timers.nanos(time);
    TimerTask timer = timers.task(action, every);
    timers.add(timer, clock() + every);
    return timer;
  }

  /** When this phase of the turn began, or a little later. */
  public long now() {
    if (nowIsOld) {
      now = clock();
      nowIsOld = false;
    }
    return now;
  }

  /** What the clock says. */
  public long clock() {
    return settings.clock.getAsLong();
  }

  /** Whether the calling thread is this loop's. Any thread. */
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /** Throws when the calling thread is not this loop's, or the loop has ended. */
  public void check() {
    if (Thread.currentThread() != thread) {
      throw new WrongThreadException(
          "called from thread "
              + Thread.currentThread().getName()
              + ", but a loop and its sockets belong to one thread: use loop.execute(() -> ...)");
    }
    if (ended) {
      throw new IllegalStateException("the event loop has ended: nothing can be done on it");
    }
  }

  /** The buffers that its connections share. */
  public Buffers buffers() {
    return buffers;
  }

  /** Where its links come from. */
  public Poller poller() {
    return poller;
  }

  /** What calls the program. */
  public CallbackInvoker invoker() {
    return invoker;
  }

  /** Its timers. */
  public Timers timers() {
    return timers;
  }

  /** What is open on it. */
  public Handles handles() {
    return handles;
  }

  /** What was chosen for it. */
  public LoopSettings settings() {
    return settings;
  }

  /** Runs the long pieces of handshakes. */
  public Executor tasks() {
    return settings.tasks;
  }

  /** For the assertion at the end of each turn: what would hang; null when nothing would. */
  private @Nullable String violation() {
    if (!changed.isEmpty() || buffers.owner() != null) {
      return "a connection changed and was not settled";
    }
    return handles.violation();
  }
}
