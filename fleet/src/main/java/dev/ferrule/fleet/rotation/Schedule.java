package dev.ferrule.fleet.rotation;

import dev.ferrule.ssl.SslConfigException;

/**
 * The times that a fleet keeps, in milliseconds; all of its servers have the same.
 *
 * @param period how long a key encrypts
 * @param lifetime how long a ticket lives at most
 * @param poll how often the store is read
 * @param timeout how long one request to the store may take
 * @param clockBound how much the store's clock may jump, when another machine becomes the store
 */
public record Schedule(long period, long lifetime, long poll, long timeout, long clockBound) {
  /** The most generations that a store or a server has. */
  public static final int MOST = 64;

  /** A handshake that began before a key was replaced may end, with that key, after. */
  private static final long SLACK = 60_000;

  /** Checks that keys are not too many. */
  public Schedule {
    if (period < 4 * (2 * poll + 4 * timeout)) {
      throw new SslConfigException(
          "a fleet's ticket keys cannot change every %d ms when its store is read every %d ms and may take %d ms to answer: change them less often"
              .formatted(period, poll, timeout));
    }
    if (lifetime > 32 * period) {
      throw new SslConfigException(
          "a fleet's ticket keys that change every %d ms would be too many for tickets that live %d ms: change them less often, or let tickets live shorter"
              .formatted(period, lifetime));
    }
  }

  /** A server that reaches the store has read, within this time, whatever was put there. */
  public long spread() {
    return 2 * poll + 4 * timeout;
  }

  /** From when a key is put to when it may encrypt, by the store's clock. */
  public long notice() {
    return spread() + clockBound;
  }

  /** How long one process may make and put keys, before another may. */
  public long lease() {
    return 4 * timeout;
  }

  /** The end of a key's use, for servers that know of no later one. */
  public long lastUse(long activation) {
    return activation + 2 * period;
  }

  /** When no ticket of a key is alive any more. */
  public long expiry(long activation) {
    return lastUse(activation) + lifetime + SLACK + clockBound;
  }

  /** A key that would begin later than this was made by a clock that was wrong. */
  long furthest(long now) {
    return now + period + 2 * notice() + lease();
  }
}
