package dev.ferrule.testkit;

import dev.ferrule.LoopSetup;
import dev.ferrule.loop.LoopSettings;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A network in memory for one loop, with a clock of its own. Connections have small buffers, which
 * fill and drain as their {@link NetworkConditions} say. Time passes only when nothing is ready. A
 * loop that would wait for ever is an AssertionError. The seed determines the order of all events.
 * Belongs to the loop's thread.
 */
public final class SimulatedNetwork implements PollerProvider {
  /** What a test does when nothing is ready. */
  @FunctionalInterface
  public interface Idle {
    /**
     * Called in the poller's wait when nothing is ready, now or at a later poll; {@code nanos} as
     * for {@link Poller#poll}. Returns true when it handed an action to the loop, which then does
     * not wait; false lets the time pass until the next timer.
     */
    boolean idle(long nanos);
  }

  private final ManualClock clock = new ManualClock();
  private final Random order;
  private final IntFunction<NetworkConditions> conditions;
  private Idle idle = nanos -> false;
  private int ends;
  private @Nullable SimulatedPoller poller;

  /**
   * A network.
   *
   * @param seed determines in which order ends that are ready together are told
   * @param conditions those of each end, by its number: 0 is the client of the first connection, 1
   *     its server's end, 2 the next client
   */
  public SimulatedNetwork(long seed, IntFunction<NetworkConditions> conditions) {
    this.order = new Random(seed);
    this.conditions = conditions;
  }

  /** A network whose ends all have the given conditions. */
  public static SimulatedNetwork of(NetworkConditions conditions) {
    return new SimulatedNetwork(0, end -> conditions);
  }

  /** A network with the faults and the seed of {@code faults}. */
  public static SimulatedNetwork of(Faults faults) {
    return new SimulatedNetwork(faults.seed(), faults::conditions);
  }

  /**
   * The settings of a loop on this network and its clock, with tasks on the loop's thread. Every
   * host name has the address 127.0.0.1.
   */
  public LoopSetup setup() {
    LoopSettings settings = new LoopSettings();
    settings.clock = clock;
    settings.resolver = host -> List.of(InetAddress.ofLiteral("127.0.0.1"));
    settings.lookups = Runnable::run;
    return new LoopSetup(settings).poller(this).tasks(Runnable::run);
  }

  /** Sets what is done when nothing is ready. */
  public SimulatedNetwork onIdle(Idle action) {
    idle = action;
    return this;
  }

  /** The clock of the loop. */
  public ManualClock clock() {
    return clock;
  }

  /** All ends so far, by number. */
  public List<SimulatedLink> links() {
    return poller == null ? List.of() : poller.links();
  }

  /** How often the loop has polled. */
  public long polls() {
    return poller == null ? 0 : poller.polls();
  }

  /** Polls since a byte moved at a link, or time passed. */
  public long idlePolls() {
    return poller == null ? 0 : poller.idlePolls();
  }

  NetworkConditions nextConditions() {
    return conditions.apply(ends++);
  }

  Random order() {
    return order;
  }

  boolean idles(long nanos) {
    return idle.idle(nanos);
  }

  void pass(long nanos) {
    clock.advance(Duration.ofNanos(nanos));
  }

  @Override
  public String name() {
    return "simulated";
  }

  @Override
  public int rank() {
    return -1;
  }

  @Override
  public String version() {
    return "memory";
  }

  @Override
  public @Nullable String unavailable() {
    return null;
  }

  @Override
  public Poller open() {
    SimulatedPoller opened = new SimulatedPoller(this);
    poller = opened;
    return opened;
  }
}
