package dev.ferrule;

import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a loop shall be, ended by {@link #run}. cl-async: the keywords of {@code start-event-loop}.
 */
public final class LoopSetup {
  /**
   * The system property that names the poller of every loop whose program names none: {@value}. An
   * empty value is as none.
   */
  public static final String POLLER_PROPERTY = "dev.ferrule.poller";

  @Nullable String pollerName;
  @Nullable PollerProvider pollerProvider;
  int loops = 1;
  boolean catchCallbackErrors;
  Resolver resolver = Resolver.SYSTEM;
  Consumer<Event> defaultEventHandler = LoopSetup::throwErrors;
  LongSupplier clock = System::nanoTime;

  /** Virtual threads: a handshake's signature is work for a moment, and there may be many. */
  Executor tasks = task -> Thread.ofVirtual().name("ferrule-task").start(task);

  LoopSetup() {}

  /**
   * The poller to use, by name; by default what {@link #POLLER_PROPERTY} names, else the best that
   * is available.
   */
  public LoopSetup poller(String name) {
    pollerName = Objects.requireNonNull(name);
    return this;
  }

  /** The poller to use, given as it is; it need not be a service. */
  public LoopSetup poller(PollerProvider provider) {
    pollerProvider = Objects.requireNonNull(provider);
    return this;
  }

  /**
   * What a callback throws goes to the event callback of its socket or server, as a {@link
   * dev.ferrule.event.CallbackError}, and the connection lives on. By default it leaves the loop.
   * cl-async: {@code catch-app-errors}.
   */
  public LoopSetup catchCallbackErrors() {
    catchCallbackErrors = true;
    return this;
  }

  /** Hears the events of what has no event callback. By default it throws errors. */
  public LoopSetup defaultEventHandler(Consumer<Event> handler) {
    defaultEventHandler = Objects.requireNonNull(handler);
    return this;
  }

  /** Looks host names up, instead of the system's resolver. */
  public LoopSetup resolver(Resolver names) {
    resolver = Objects.requireNonNull(names);
    return this;
  }

  /** Runs the long pieces of handshakes; {@code Runnable::run} keeps them on the loop's thread. */
  public LoopSetup tasks(Executor executor) {
    tasks = Objects.requireNonNull(executor);
    return this;
  }

  /** The loop's clock, in nanoseconds as {@link System#nanoTime}; for tests. */
  public LoopSetup clock(LongSupplier nanos) {
    clock = Objects.requireNonNull(nanos);
    return this;
  }

  /**
   * So many loops, 1 by default, each on a thread of its own: see {@link LoopGroup}. All of them
   * call the executor, the resolver, the default event handler and the clock that are set here.
   *
   * @throws IllegalArgumentException when {@code count} is not from 1 to {@link LoopGroup#MOST}
   */
  public LoopSetup loops(int count) {
    if (count < 1 || count > LoopGroup.MOST) {
      throw new IllegalArgumentException(
          "the number of loops is from 1 to " + LoopGroup.MOST + ", not " + count);
    }
    loops = count;
    return this;
  }

  /**
   * Runs a loop on this thread until nothing is left to wait for. {@code main} is its first act.
   *
   * <p>Of several {@link #loops}, one runs on this thread; {@code main} runs on each of them, once
   * all are there, and this returns when all have ended. What leaves one loop, or a loop that
   * cannot be started, ends the others as {@link EventLoop#exit} does, and is thrown here; what
   * leaves those then is suppressed in it (an {@link EventError} carries none, and that is lost).
   * An interrupt of this thread ends nothing: the flag is set when this returns.
   *
   * @throws IllegalStateException when this thread runs a loop already, or the poller is not
   *     available
   */
  public void run(Consumer<EventLoop> main) {
    EventLoop.requireNone();
    new LoopGroup(this, chosen()).run(main);
  }

  /** All pollers there are, the best first, available or not. */
  public static List<PollerProvider> pollers() {
    return ServiceLoader.load(PollerProvider.class, LoopSetup.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(PollerProvider::rank).reversed())
        .toList();
  }

  static Poller open(PollerProvider provider) {
    try {
      return provider.open();
    } catch (IOException e) {
      throw new IllegalStateException(
          "the poller '" + provider.name() + "' could not be opened: " + e.getMessage(), e);
    }
  }

  /**
   * The provider of the poller that this setup takes.
   *
   * @throws IllegalStateException when the one that was asked for is not there or not available
   */
  public PollerProvider chosen() {
    if (pollerProvider != null) {
      return available(pollerProvider);
    }
    List<PollerProvider> all = pollers();
    String name = pollerName == null ? System.getProperty(POLLER_PROPERTY, "") : pollerName;
    if (name.isEmpty() && pollerName == null) {
      boolean parks = Thread.currentThread().isVirtual();
      return all.stream()
          .filter(p -> p.unavailable() == null && (!parks || p.parks()))
          .findFirst()
          .orElseThrow();
    }
    for (PollerProvider provider : all) {
      if (provider.name().equals(name)) {
        return available(provider);
      }
    }
    throw new IllegalStateException(
        "there is no poller '"
            + name
            + "'; there are "
            + all.stream().map(PollerProvider::name).toList());
  }

  private static PollerProvider available(PollerProvider provider) {
    String reason = provider.unavailable();
    if (reason != null) {
      throw new IllegalStateException(
          "the poller '" + provider.name() + "' is not available: " + reason);
    }
    return provider;
  }

  private static void throwErrors(Event event) {
    if (event instanceof EventError error) {
      throw error;
    }
  }
}
