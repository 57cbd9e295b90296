package dev.ferrule;

import dev.ferrule.event.Event;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Poller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An event loop: one thread that waits for sockets and timers and calls back. It runs on the thread
 * that calls {@link #run}, until nothing is left to wait for: no open socket or server, no timer,
 * no name being resolved, no notifier.
 *
 * <p>A loop and all that was opened on it belong to that thread; {@link #execute} is the way in
 * from others. Several loops can share a server, see {@link LoopGroup}. One turn of the loop is
 * written out in docs/turn.md. cl-async: {@code with-event-loop}.
 */
public final class EventLoop implements Executor {
  private static final ThreadLocal<@Nullable EventLoop> CURRENT = new ThreadLocal<>();

  private final Thread thread = Thread.currentThread();
  private final Poller poller;
  private final LoopSetup setup;
  private final LoopGroup group;
  private final int number;
  private final Buffers buffers = new Buffers();
  private final Timers timers = new Timers(this);
  private final Inbox inbox;
  private ArrayDeque<Lane> again = new ArrayDeque<>();
  private ArrayDeque<Lane> nextAgain = new ArrayDeque<>();
  private final ArrayDeque<Lane> releases = new ArrayDeque<>();
  private final Holdings holdings = new Holdings();
  private final ArrayDeque<Runnable> exitCallbacks = new ArrayDeque<>();
  private long now;
  private boolean nowIsOld;
  private final Guard guard;
  private final Consumer<Runnable> guardedRunner; // made once, not each turn
  private boolean exiting;
  private boolean interrupted;
  private boolean ended;

  EventLoop(LoopSetup setup, Poller poller, LoopGroup group, int number) {
    this.setup = setup;
    this.poller = poller;
    this.group = group;
    this.number = number;
    this.guard = new Guard(setup, buffers);
    this.guardedRunner = guard::run;
    this.inbox = new Inbox(thread, poller::wake);
    this.nowIsOld = true;
  }

  /**
   * Runs a loop on this thread; {@code main} is its first act. Returns when nothing is left to wait
   * for. What a callback throws comes out here, after everything was closed.
   */
  public static void run(Consumer<EventLoop> main) {
    setup().run(main);
  }

  /** A loop with settings of your own. */
  public static LoopSetup setup() {
    return new LoopSetup();
  }

  /**
   * The loop that runs on this thread.
   *
   * @throws IllegalStateException when there is none
   */
  public static EventLoop current() {
    EventLoop loop = CURRENT.get();
    if (loop == null) {
      throw new IllegalStateException(
          "no event loop runs on this thread: call this inside EventLoop.run(loop -> ...)");
    }
    return loop;
  }

  static void requireNone() {
    if (CURRENT.get() != null) {
      throw new IllegalStateException("this thread runs an event loop already: use that one");
    }
  }

  /**
   * Runs {@code action} on the loop, in a later turn. Any thread. It does not keep the loop running
   * by itself; a {@link Notifier} does. What was handed over before the loop ran out of work is
   * run; what waits when {@link #exit} is called, or when a callback throws, is not.
   *
   * @throws IllegalStateException when the loop has ended
   */
  @Override
  public void execute(Runnable action) {
    if (!executeIfRunning(Objects.requireNonNull(action))) {
      throw new IllegalStateException("the event loop has ended: nothing will run on it any more");
    }
  }

  /** False when the loop has ended, and {@code action} will not be run. */
  boolean executeIfRunning(Runnable action) {
    return inbox.offer(action);
  }

  /** Runs {@code action} once, after {@code time}. cl-async: {@code delay}. */
  public Timer delay(Duration time, Runnable action) {
    check();
    Timer timer = new Timer(timers, Objects.requireNonNull(action), 0);
    timers.add(timer, clock() + Timers.nanos(time));
    return timer;
  }

  /**
   * Runs {@code action} every {@code time}, first after {@code time}. cl-async: {@code interval}.
   *
   * @throws IllegalArgumentException when {@code time} is not positive
   */
  public Timer interval(Duration time, Runnable action) {
    check();
    if (!time.isPositive()) {
      throw new IllegalArgumentException("an interval must be longer than nothing: " + time);
    }
    long every = Timers.nanos(time);
    Timer timer = new Timer(timers, Objects.requireNonNull(action), every);
    timers.add(timer, clock() + every);
    return timer;
  }

  /** A notifier, which keeps this loop running until it is triggered or closed. */
  public Notifier notifier(Runnable action) {
    check();
    Notifier notifier = new Notifier(this, action);
    holdings.add(notifier);
    return notifier;
  }

  /**
   * Resolves a host name without blocking; an address is answered as it is. One of the two
   * callbacks comes, in a later turn. cl-async: {@code dns-lookup}.
   */
  public void resolve(
      String host, Consumer<List<InetAddress>> found, Consumer<? super Event> failed) {
    check();
    InetAddress literal = Addresses.literal(host);
    Consumer<List<InetAddress>> guarded = answer -> guard.run(() -> found.accept(answer), failed);
    if (literal != null) {
      executeIfRunning(() -> guarded.accept(List.of(literal)));
    } else {
      Lookup.start(this, host, guarded, error -> guard.tell(failed, error));
    }
  }

  /**
   * Ends the loop after this turn: all sockets, servers and timers go at once, without a flush and
   * without their close callbacks.
   */
  public void exit() {
    check();
    exiting = true;
  }

  /**
   * Stops listening and closes every socket as {@link TcpSocket#close} does: what is queued goes
   * out. With nothing else left to wait for, the loop then ends by itself.
   */
  public void closeAll() {
    check();
    holdings.close();
  }

  /** Runs {@code callback} when the loop ends, however it ends; the last added runs first. */
  public void onExit(Runnable callback) {
    check();
    exitCallbacks.push(Objects.requireNonNull(callback));
  }

  /** What is open now. */
  public LoopStats stats() {
    check();
    return holdings.stats(timers.size());
  }

  /** Whether the calling thread is this loop's. Any thread. */
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /** The group it runs in, which may be of this loop alone. Any thread. */
  public LoopGroup group() {
    return group;
  }

  /** Which one of its group it is, from 0, which runs on the thread that called run. Any thread. */
  public int number() {
    return number;
  }

  void begin(Consumer<EventLoop> main) {
    CURRENT.set(this);
    Throwable thrown = null;
    try {
      guard.run(() -> main.accept(this));
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
    return holdings.any() || timers.size() > 0 || !inbox.isEmpty();
  }

  /** docs/turn.md tells this method in words. */
  private void turn() {
    nowIsOld = true;
    inbox.drain(guardedRunner);
    timers.runDue();
    if (releases.isEmpty() && !hasWork()) {
      return;
    }
    poll();
    runAgain();
    release();
  }

  private void poll() {
    boolean pending = exiting || !inbox.isEmpty() || !nextAgain.isEmpty() || !releases.isEmpty();
    nowIsOld = true;
    long wait = pending ? 0 : timers.nanosToNext();
    if (Thread.interrupted()) {
      interrupted = true; // a wait would return at once, for ever; run's caller shall see it
    }
    nowIsOld = true; // what is dispatched was not there before the wait
    try {
      poller.poll(wait);
    } catch (IOException e) {
      throw new UncheckedIOException("the poller failed: " + e.getMessage(), e);
    }
    guard.finishDispatch(); // of what was written outside a socket's dispatch, on accept errors say
  }

  private void runAgain() {
    ArrayDeque<Lane> round = nextAgain;
    nextAgain = again;
    again = round;
    Lane lane;
    while ((lane = round.poll()) != null) {
      lane.again();
    }
  }

  private void release() {
    Lane lane;
    while ((lane = releases.poll()) != null) {
      lane.ending.release();
    }
  }

  /** Everything is closed on every way out, and a second failure does not hide the first. */
  private void end(@Nullable Throwable thrown) {
    inbox.close();
    Throwable first = thrown;
    Runnable callback;
    while ((callback = exitCallbacks.poll()) != null) {
      Runnable last = callback;
      first = Holdings.attempt(first, () -> guard.run(last));
    }
    ended = true;
    first = holdings.drop(first);
    for (Inbox.Chore chore; (chore = inbox.leftChore()) != null; ) {
      first = Holdings.attempt(first, chore);
    }
    timers.clear();
    CURRENT.remove();
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

  // What sockets and servers need of their loop.

  /** When this phase of the turn began, or a little later. */
  long now() {
    if (nowIsOld) {
      now = clock();
      nowIsOld = false;
    }
    return now;
  }

  /** What the clock says. */
  long clock() {
    return setup.clock.getAsLong();
  }

  Buffers buffers() {
    return buffers;
  }

  Poller poller() {
    return poller;
  }

  Guard guard() {
    return guard;
  }

  Timers timers() {
    return timers;
  }

  Executor tasks() {
    return setup.tasks;
  }

  Resolver resolver() {
    return setup.resolver;
  }

  void check() {
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

  Holdings holdings() {
    return holdings;
  }

  void again(Lane lane) {
    nextAgain.add(lane);
  }

  void releaseLater(Lane lane) {
    releases.add(lane);
  }
}
