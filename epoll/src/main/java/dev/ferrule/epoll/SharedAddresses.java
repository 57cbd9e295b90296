package dev.ferrule.epoll;

import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * The addresses that several pollers of this process listen on together, with how many do. The
 * first of them makes sure that nobody else listens there; the others must not ask any more. Any
 * thread.
 */
final class SharedAddresses {
  /** Held from the question whether an address is shared until it is. */
  static final Object LOCK = new Object();

  private static final Map<SocketAddress, Integer> LISTENERS = new HashMap<>();

  private SharedAddresses() {}

  /** Whether a listener of this process is there. Under {@link #LOCK}. */
  static boolean has(SocketAddress address) {
    assert Thread.holdsLock(LOCK);
    return LISTENERS.containsKey(address);
  }

  /** One more listener. */
  static void joined(SocketAddress address) {
    synchronized (LOCK) {
      LISTENERS.merge(address, 1, Integer::sum);
    }
  }

  /** One listener less. */
  static void left(SocketAddress address) {
    synchronized (LOCK) {
      LISTENERS.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
  }
}
