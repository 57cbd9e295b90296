package dev.ferrule.epoll;

import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts, by address, the listeners of this process that share it. The first of them checks that no
 * other process listens there; later ones must skip that check. Any thread.
 */
final class SharedAddresses {
  /** Held from the check whether an address is shared until the listener is counted. */
  static final Object LOCK = new Object();

  private static final Map<SocketAddress, Integer> LISTENERS = new HashMap<>();

  private SharedAddresses() {}

  /** Whether this process listens on the address. The caller holds {@link #LOCK}. */
  static boolean has(SocketAddress address) {
    assert Thread.holdsLock(LOCK);
    return LISTENERS.containsKey(address);
  }

  /** Counts a listener. */
  static void joined(SocketAddress address) {
    synchronized (LOCK) {
      LISTENERS.merge(address, 1, Integer::sum);
    }
  }

  /** Removes a listener from the count. */
  static void left(SocketAddress address) {
    synchronized (LOCK) {
      LISTENERS.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
  }
}
