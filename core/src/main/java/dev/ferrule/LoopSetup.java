package dev.ferrule;

import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.loop.LoopSettings;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.PollerProvider;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The settings of a loop; {@link #run} runs it. cl-async: the keywords of {@code start-event-loop}.
 */
public final class LoopSetup {
  /**
   * The system property that names the poller of every loop whose program names none: {@value}. An
   * empty value is ignored.
   */
  public static final String POLLER_PROPERTY = Pollers.PROPERTY;

  private final LoopSettings settings;

  /** For the library and its tests; a program calls {@link EventLoop#setup}. */
  @SuppressWarnings("exports") // what makes it the library's
  public LoopSetup(LoopSettings settings) {
    this.settings = settings;
  }

  /**
   * The poller to use, by name; by default what {@link #POLLER_PROPERTY} names, else the best that
   * is available.
   */
  public LoopSetup poller(String name) {
    settings.pollerName = Objects.requireNonNull(name);
    return this;
  }

  /** The poller to use; it need not be a service. */
  public LoopSetup poller(PollerProvider provider) {
    settings.pollerProvider = Objects.requireNonNull(provider);
    return this;
  }

  /**
   * An exception of a callback is passed to the event callback of its socket or server, as a {@link
   * dev.ferrule.event.CallbackError}, and the connection stays open. By default it ends the loop.
   * cl-async: {@code catch-app-errors}.
   */
  public LoopSetup catchCallbackErrors() {
    settings.catchCallbackErrors = true;
    return this;
  }

  /**
   * Receives the events of sockets and servers without an event callback. The default throws
   * errors.
   */
  public LoopSetup defaultEventHandler(Consumer<Event> handler) {
    settings.defaultEventHandler = Objects.requireNonNull(handler);
    return this;
  }

  /** Resolves host names, instead of the system's resolver. */
  public LoopSetup resolver(Resolver names) {
    settings.resolver = Objects.requireNonNull(names)::resolve;
    return this;
  }

  /** Runs the computations of handshakes; {@code Runnable::run} keeps them on the loop's thread. */
  public LoopSetup tasks(Executor executor) {
    settings.tasks = Objects.requireNonNull(executor);
    return this;
  }

  /**
   * The number of loops, 1 by default, each on a thread of its own: see {@link LoopGroup}. All of
   * them call the executor, the resolver and the default event handler that are set here.
   *
   * @throws IllegalArgumentException when {@code count} is not from 1 to {@link LoopGroup#MOST}
   */
  public LoopSetup loops(int count) {
    if (count < 1 || count > LoopGroup.MOST) {
      throw new IllegalArgumentException(
          "the number of loops is from 1 to " + LoopGroup.MOST + ", not " + count);
    }
    settings.loops = count;
    return this;
  }

  /**
   * Runs a loop on this thread until nothing is left to wait for. {@code main} is called first.
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
    new LoopGroup(settings, Pollers.chosen(settings)).run(main);
  }

  /** All pollers there are, the best first, available or not. */
  public static List<PollerProvider> pollers() {
    return Pollers.all();
  }
}
