package dev.ferrule.fleet.rotation;

import java.util.Arrays;
import java.util.List;

/**
 * What all servers of a fleet read and one at a time writes. Each call is atomic, may take long and
 * may fail with a {@link StoreException}, after which it may have happened or not.
 */
public interface FleetStore {
  /**
   * A generation as it stands in the store. Anybody may have written it.
   *
   * @param id its name
   * @param put when it was put, by the store's clock
   * @param sealed its key, encrypted
   */
  record Entry(String id, long put, Sealed sealed) {}

  /** Bytes of a store, which nobody changes. */
  @SuppressWarnings("ArrayRecordComponent") // compared by matches
  record Sealed(byte[] bytes) {
    boolean matches(byte[] other) {
      return Arrays.equals(bytes, other);
    }
  }

  /**
   * Everything in the store.
   *
   * @param time the store's clock, in milliseconds since 1970
   * @param intact whether it had the form and the size that it should: if not, there are no entries
   * @param entries at most {@link Schedule#MOST}
   */
  record Snapshot(long time, boolean intact, List<Entry> entries) {}

  /**
   * What the holder of the lease writes, all of it or nothing.
   *
   * @param token of the lease
   * @param clear whether all that is there is removed first
   * @param restored generations that were there before
   * @param made new generations, each of which has to begin by {@link Schedule#notice} later than
   *     the store's clock when it is written
   * @param removed names of what is to go
   */
  record Change(
      long token,
      boolean clear,
      List<Generation> restored,
      List<Generation> made,
      List<String> removed) {}

  /** Reads everything. */
  Snapshot read();

  /**
   * Asks to be the one that writes.
   *
   * @param owner who asks, for people who look into the store
   * @param millis for how long
   * @return a token greater than all before; 0 when another has the lease
   */
  long lease(String owner, long millis);

  /**
   * Writes, and gives the lease back, if the token is that of the present lease.
   *
   * @return false when it is not, or a new generation would begin too soon: nothing was written
   */
  boolean write(Change change);
}
