package dev.ferrule.fleet.rotation;

import dev.ferrule.fleet.rotation.FleetStore.Change;
import dev.ferrule.fleet.rotation.FleetStore.Snapshot;
import java.util.function.LongSupplier;

/** One visit of a server to its store: it reads, and writes where it has to. It blocks. */
public final class StoreVisit {
  private StoreVisit() {}

  /**
   * Visits the store.
   *
   * @param clock the local time in milliseconds, which only goes forward
   * @return whether the store answered
   */
  public static boolean make(
      Rotation rotation, FleetStore store, String owner, long lease, LongSupplier clock) {
    try {
      read(rotation, store, clock);
      if (rotation.wantsLease()) {
        write(rotation, store, owner, lease, clock);
      }
      return true;
    } catch (StoreException e) {
      rotation.failed(String.valueOf(e.getMessage()), clock.getAsLong());
      return false;
    }
  }

  private static void read(Rotation rotation, FleetStore store, LongSupplier clock) {
    long sent = clock.getAsLong();
    Snapshot snapshot = store.read();
    rotation.read(snapshot, sent, clock.getAsLong());
  }

  private static void write(
      Rotation rotation, FleetStore store, String owner, long lease, LongSupplier clock) {
    long token = store.lease(owner, lease);
    if (token == 0) {
      return;
    }
    read(rotation, store, clock); // another may have written since the first time
    Change change = rotation.leased(token, clock.getAsLong());
    boolean accepted;
    try {
      accepted = store.write(change);
    } catch (StoreException e) {
      rotation.abandoned(change);
      throw e;
    }
    rotation.written(change, accepted, clock.getAsLong());
  }
}
