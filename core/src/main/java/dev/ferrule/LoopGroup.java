package dev.ferrule;

import dev.ferrule.loop.Loop;
import dev.ferrule.loop.LoopSettings;
import dev.ferrule.loop.Pollers;
import dev.ferrule.server.SharedServers;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Event loops that run in parallel and share the connections of servers; made by {@link
 * LoopSetup#loops}. Every loop runs the same main, on its own thread, and what it opens stays with
 * it: sockets, timers and notifiers are not shared. {@link EventLoop#run} is a group of one.
 *
 * <p>What several loops open at one address is one server. Where the poller can ({@link
 * Poller#sharesAddresses}), each loop has a listener of its own and the system spreads the
 * connections; else the loop that opened first accepts for all of them in turn, and hands over. It
 * then goes on accepting, and running, until all of them have closed; should it end before, another
 * takes over. A connection on its way to a loop that closes its server meanwhile is closed. On port
 * 0, the first such server of each loop gets the same free port, the second another, and so on.
 *
 * <p>Loop 0 runs on the thread that called run; the others, ferrule-loop-1 and so on, on platform
 * threads that are daemons if that one is. Whatever leaves one loop ends them all.
 */
public final class LoopGroup {
  /** The largest number of loops: each has a thread. */
  public static final int MOST = 1024;

  private final LoopSettings settings;
  private final PollerProvider pollers;
  private final int size;
  private final CountDownLatch missing;
  private final List<EventLoop> loops = new CopyOnWriteArrayList<>();
  private final SharedServers servers;
  private @Nullable Throwable failure; // the first; with the lock of this

  LoopGroup(LoopSettings settings, PollerProvider pollers) {
    this.settings = settings;
    this.pollers = pollers;
    this.size = settings.loops;
    this.missing = new CountDownLatch(size);
    this.servers = new SharedServers(size == 1);
  }

  /** The number of loops, with those that have ended. Any thread. */
  public int size() {
    return size;
  }

  /**
   * Runs {@code action} on each loop that still runs, in a later turn of it, as {@link
   * EventLoop#execute} does. Any thread. To stop in order: {@code group.execute(loop ->
   * loop.closeAll())}; at once: {@code group.execute(loop -> loop.exit())}.
   *
   * @throws IllegalStateException when all loops have ended
   */
  public void execute(Consumer<EventLoop> action) {
    Objects.requireNonNull(action);
    boolean taken = false;
    for (EventLoop loop : loops) {
      taken |= loop.executeIfRunning(() -> action.accept(loop));
    }
    if (!taken) {
      throw new IllegalStateException("all loops of the group have ended: nothing will run there");
    }
  }

  SharedServers servers() {
    return servers;
  }

  /** Returns, or throws, when all loops have ended. */
  void run(Consumer<EventLoop> main) {
    List<Thread> others = start(main);
    loop(0, main);
    others.forEach(other -> uninterruptibly(other::join));
    Throwable thrown = failure();
    if (thrown != null) {
      throw LoopGroup.<RuntimeException>unchecked(thrown);
    }
  }

  private List<Thread> start(Consumer<EventLoop> main) {
    List<Thread> started = new ArrayList<>();
    for (int i = 1; i < size; i++) {
      int number = i;
      try {
        started.add(Thread.ofPlatform().name("ferrule-loop-" + i).start(() -> loop(number, main)));
      } catch (Throwable e) { // no thread can be started: the other loops must not wait for it
        fail(e);
        for (int lost = i; lost < size; lost++) {
          missing.countDown();
        }
        break;
      }
    }
    return started;
  }

  /** One loop, on this thread. None runs main before all are there. */
  private void loop(int number, Consumer<EventLoop> main) {
    boolean there = false;
    try (Poller poller = Pollers.open(pollers)) {
      EventLoop loop = new EventLoop(new Loop(settings, poller), this, number);
      loops.add(loop);
      there = true;
      missing.countDown();
      uninterruptibly(missing::await);
      loop.begin(failure() == null ? main : EventLoop::exit);
    } catch (Throwable e) {
      fail(e);
    } finally {
      if (!there) {
        missing.countDown();
      }
    }
  }

  private synchronized @Nullable Throwable failure() {
    return failure;
  }

  private void fail(Throwable thrown) {
    synchronized (this) {
      if (failure == null) {
        failure = thrown;
      } else if (failure != thrown) {
        failure.addSuppressed(thrown);
      }
    }
    servers.ending();
    for (EventLoop loop : loops) {
      loop.executeIfRunning(loop::exit);
    }
  }

  /** A blocking call. */
  @FunctionalInterface
  private interface Wait {
    void begin() throws InterruptedException;
  }

  /**
   * Repeats a wait that is interrupted, and sets the interrupt flag afterwards: an interrupt ends
   * no loop.
   */
  private static void uninterruptibly(Wait wait) {
    boolean interrupted = false;
    while (true) {
      try {
        wait.begin();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Throws what left a loop unchanged, checked or not. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
