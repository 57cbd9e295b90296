package dev.ferrule.fleet.rotation;

import java.util.Arrays;
import java.util.Comparator;

/**
 * One of the fleet's ticket keys. Times are milliseconds since 1970 by the store's clock. It owns
 * its arrays.
 */
public final class Generation {
  /** Of several that may encrypt, all servers take the last by this order. */
  static final Comparator<Generation> ORDER =
      Comparator.comparingLong(Generation::activation).thenComparing(Generation::id);

  private final String id;
  private final long activation;
  private final long expiry;
  private final byte[] key;
  private final byte[] sealed;

  /**
   * A generation.
   *
   * @param id its name, which is no secret
   * @param activation from when it may encrypt
   * @param expiry when it is erased
   * @param key 48 bytes
   * @param sealed what stands in the store, to be put back without a change
   */
  public Generation(String id, long activation, long expiry, byte[] key, byte[] sealed) {
    this.id = id;
    this.activation = activation;
    this.expiry = expiry;
    this.key = key;
    this.sealed = sealed;
  }

  /** Its name, which is no secret. */
  public String id() {
    return id;
  }

  /** From when it may encrypt. */
  public long activation() {
    return activation;
  }

  /** When it is erased. */
  public long expiry() {
    return expiry;
  }

  /** A copy of the key, which the caller wipes. */
  public byte[] key() {
    return key.clone();
  }

  /** What stands in the store; not to be changed. */
  public byte[] sealed() {
    return sealed;
  }

  void erase() {
    Arrays.fill(key, (byte) 0);
  }

  @Override
  public String toString() {
    return id;
  }
}
