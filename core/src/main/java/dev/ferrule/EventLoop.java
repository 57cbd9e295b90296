package dev.ferrule;

import dev.ferrule.connection.Addresses;
import dev.ferrule.event.Event;
import dev.ferrule.loop.Handle;
import dev.ferrule.loop.Handles;
import dev.ferrule.loop.Lookup;
import dev.ferrule.loop.Loop;
import dev.ferrule.loop.LoopSettings;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An event loop: one thread that waits for sockets and timers and calls callbacks. It runs on the
 * thread that calls {@link #run}, until nothing is left to wait for: no open socket or server, no
 * timer, no name being resolved, no notifier.
 *
 * <p>A loop and all that was opened on it belong to that thread; other threads use {@link
 * #execute}. Several loops can share a server, see {@link LoopGroup}. docs/turn.md describes one
 * turn of the loop. cl-async: {@code with-event-loop}.
 */
public final class EventLoop implements Executor {
  private static final ThreadLocal<@Nullable EventLoop> CURRENT = new ThreadLocal<>();

  private final Loop loop;
  private final LoopGroup group;
  private final int number;

  EventLoop(Loop loop, LoopGroup group, int number) {
    this.loop = loop;
    this.group = group;
    this.number = number;
  }

  /**
   * Runs a loop on this thread; {@code main} is called first. Returns when nothing is left to wait
   * for. An exception of a callback is thrown here, after everything was closed.
   */
  public static void run(Consumer<EventLoop> main) {
    setup().run(main);
  }

  /** A loop with settings. */
  public static LoopSetup setup() {
    return new LoopSetup(new LoopSettings());
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

  /** Whether a loop runs on this thread. */
  static boolean runsHere() {
    return CURRENT.get() != null;
  }

  static void requireNone() {
    if (runsHere()) {
      throw new IllegalStateException("this thread runs an event loop already: use that one");
    }
  }

  /**
   * Runs {@code action} on the loop, in a later turn. Any thread. It does not keep the loop running
   * by itself; a {@link Notifier} does. An action that is passed before the loop ends by itself is
   * run; one that waits when {@link #exit} is called, or when a callback throws, is not.
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
    return loop.executeIfRunning(action);
  }

  /** Runs {@code action} once, after {@code time}. cl-async: {@code delay}. */
  public Timer delay(Duration time, Runnable action) {
    check();
    return new Timer(loop.delay(time, Objects.requireNonNull(action)));
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
    return new Timer(loop.interval(time, Objects.requireNonNull(action)));
  }

  /** A notifier, which keeps this loop running until it is triggered or closed. */
  public Notifier notifier(Runnable action) {
    check();
    return new Notifier(this, action);
  }

  /**
   * Resolves a host name without blocking; an address needs no lookup. One of the two callbacks is
   * called, in a later turn. cl-async: {@code dns-lookup}.
   */
  public void resolve(
      String host, Consumer<List<InetAddress>> found, Consumer<? super Event> failed) {
    check();
    InetAddress literal = Addresses.literal(host);
    Consumer<List<InetAddress>> guarded =
        answer -> loop.invoker().run(new Adapted.Found(found, answer), failed);
    if (literal != null) {
      executeIfRunning(() -> guarded.accept(List.of(literal)));
    } else {
      Lookup.start(loop, host, guarded, error -> loop.invoker().tell(failed, error));
    }
  }

  /**
   * Ends the loop after this turn: all sockets, servers and timers are released at once, without a
   * flush and without their close callbacks.
   */
  public void exit() {
    check();
    loop.exit();
  }

  /**
   * Stops listening and closes every socket as {@link TcpSocket#close} does: queued bytes are sent.
   * With nothing else left to wait for, the loop then ends by itself.
   */
  public void closeAll() {
    check();
    loop.handles().close();
  }

  /** Runs {@code callback} when the loop ends, however it ends; the last added runs first. */
  public void onExit(Runnable callback) {
    check();
    loop.onExit(callback);
  }

  /** Counts what is open now. */
  public LoopStats stats() {
    check();
    Handles handles = loop.handles();
    return new LoopStats(
        handles.count(Handle.Kind.OUTGOING),
        handles.count(Handle.Kind.INCOMING),
        handles.count(Handle.Kind.SERVER),
        handles.lookups(),
        loop.timers().size(),
        handles.count(Handle.Kind.NOTIFIER));
  }

  /** Whether the calling thread is this loop's. Any thread. */
  public boolean inLoop() {
    return loop.inLoop();
  }

  /** Its group, which may consist of this loop alone. Any thread. */
  public LoopGroup group() {
    return group;
  }

  /** Its number in its group, from 0; loop 0 runs on the thread that called run. Any thread. */
  public int number() {
    return number;
  }

  void begin(Consumer<EventLoop> main) {
    CURRENT.set(this);
    try {
      loop.run(new Adapted.Main(main, this));
    } finally {
      CURRENT.remove();
    }
  }

  void check() {
    loop.check();
  }

  /** The inside of this loop. */
  Loop inner() {
    return loop;
  }
}
