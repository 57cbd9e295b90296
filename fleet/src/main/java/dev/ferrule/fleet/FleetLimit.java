package dev.ferrule.fleet;

import dev.ferrule.fleet.limits.AddressCounts;
import dev.ferrule.fleet.limits.CountExchange;
import dev.ferrule.fleet.limits.CountStore;
import dev.ferrule.fleet.limits.LimitRules;
import dev.ferrule.fleet.rotation.StoreException;
import dev.ferrule.ssl.SslAdmission.AddressLimit;
import java.util.function.LongSupplier;

/**
 * The limit of client addresses of a server: asked by its loops, and exchanged with the store by
 * the fleet's thread. Any thread, but for {@link #exchange}.
 */
final class FleetLimit implements AddressLimit {
  private final AddressCounts counts;
  private final CountExchange exchange;
  private final CountStore store;
  private final LongSupplier clock;
  private String failure = "the store was not asked yet";
  private volatile boolean shared;
  private volatile long exchanges;

  FleetLimit(LimitRules rules, CountStore store, LongSupplier clock) {
    this.counts = new AddressCounts(rules);
    this.exchange = new CountExchange(rules, counts);
    this.store = store;
    this.clock = clock;
  }

  @Override
  public boolean takeFull(long address) {
    return counts.takeFull(address, clock.getAsLong());
  }

  @Override
  public boolean takeResuming(long address) {
    return counts.takeResuming(address, clock.getAsLong());
  }

  @Override
  public void giveBack(long address) {
    counts.giveBack(address, clock.getAsLong());
  }

  /** Tells and hears counts; false when the store did not answer, and this server counts alone. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
  boolean exchange() {
    try {
      exchange.make(store, clock);
      exchanges++;
      shared = true;
    } catch (StoreException e) {
      failure = String.valueOf(e.getMessage());
      shared = false;
    }
    return shared;
  }

  /** The store does not answer anything else. */
  void alone() {
    failure = "it does not answer";
    shared = false;
  }

  /** Why the last exchange failed: a part of a sentence, for the fleet's thread. */
  String failure() {
    return failure;
  }

  FleetStatus.Limit status() {
    return new FleetStatus.Limit(
        shared ? FleetStatus.Scope.FLEET : FleetStatus.Scope.SERVER,
        counts.size(),
        counts.refused(),
        exchanges);
  }
}
