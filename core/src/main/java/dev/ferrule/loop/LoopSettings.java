package dev.ferrule.loop;

import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.spi.PollerProvider;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What was chosen for a loop, or for all loops of a group. Not changed once they run. */
public final class LoopSettings {
  /** Throws errors out of the loop, and lets information pass. */
  public static final Consumer<Event> THROW_ERRORS = LoopSettings::throwErrors;

  /** Looks a host name up; it may block. */
  @FunctionalInterface
  public interface NameResolver {
    /** The addresses of a name, at least one. */
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  /** The poller by name; null for what the system property says, else the best. */
  public @Nullable String pollerName;

  /** The poller, given as it is; null when it is chosen by name. */
  public @Nullable PollerProvider pollerProvider;

  /** How many loops run side by side. */
  public int loops = 1;

  /** Whether what a callback throws is an event rather than the end of the loop. */
  public boolean catchCallbackErrors;

  /** Looks host names up. */
  public NameResolver resolver = host -> List.of(InetAddress.getAllByName(host));

  /** Runs the resolver, which may block; another one for tests. */
  public Executor lookups = Lookup.POOL;

  /** Hears the events of what has no event callback. */
  public Consumer<Event> defaultEventHandler = THROW_ERRORS;

  /** Nanoseconds, as {@link System#nanoTime}; another one for tests. */
  public LongSupplier clock = System::nanoTime;

  /** Virtual threads: a handshake's signature is work for a moment, and there may be many. */
  public Executor tasks = task -> Thread.ofVirtual().name("ferrule-task").start(task);

  /** The settings that a loop has unless others are chosen. */
  public LoopSettings() {}

  private static void throwErrors(Event event) {
    if (event instanceof EventError error) {
      throw error;
    }
  }
}
