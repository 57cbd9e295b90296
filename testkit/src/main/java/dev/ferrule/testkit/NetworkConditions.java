package dev.ferrule.testkit;

/**
 * How one end of a {@link SimulatedNetwork}'s connection behaves: how much of a call it takes, and
 * when it is ready again. Each end has its own; all methods are called on the loop's thread.
 */
public interface NetworkConditions {
  /** Takes and gives all that the buffers allow, at once. */
  NetworkConditions IDEAL = new NetworkConditions() {};

  /** As {@link #IDEAL}, with so many bytes on the way. */
  static NetworkConditions holding(int bytes) {
    return new NetworkConditions() {
      @Override
      public int capacity() {
        return bytes;
      }
    };
  }

  /** Bytes that the way from this end to its peer holds; 1 or more. */
  default int capacity() {
    return 256 * 1024;
  }

  /**
   * How many bytes a write takes, of {@code most} that were offered and would fit; 0 for none. A
   * write that takes less than was offered has found the send buffer full.
   */
  default int accepts(int most) {
    return most;
  }

  /**
   * How many polls the link then stays full. 0: until the call has returned, as when the peer's
   * acknowledgement arrives between two calls.
   */
  default int stalls() {
    return 0;
  }

  /** How many bytes a read gives, of {@code most} that have arrived and were asked for. */
  default int gives(int most) {
    return most;
  }

  /** How many polls it takes until what was just written, or an end, arrives. */
  default int delays() {
    return 0;
  }

  /** Whether the poller reports the link as writable although it is full. */
  default boolean reportsFalsely() {
    return false;
  }
}
