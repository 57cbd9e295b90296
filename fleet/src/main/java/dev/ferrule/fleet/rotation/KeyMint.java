package dev.ferrule.fleet.rotation;

import org.jspecify.annotations.Nullable;

/** Makes keys, and opens those that others have made. */
public interface KeyMint {
  /** A new random key. */
  Generation make(long activation, long expiry);

  /** The generation of an entry; null when it is not one of this fleet. */
  @Nullable Generation open(FleetStore.Entry entry);
}
