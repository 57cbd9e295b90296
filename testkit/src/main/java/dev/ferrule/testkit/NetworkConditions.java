package dev.ferrule.testkit;

/**
 * How one end of a {@link SimulatedNetwork}'s connection behaves: how many bytes a call moves, and
 * when it is ready again. Each end has its own; all methods are called on the loop's thread.
 */
public interface NetworkConditions {
  /** Every call moves as many bytes as the buffers allow, without delay. */
  NetworkConditions IDEAL = new NetworkConditions() {};

  /** As {@link #IDEAL}, with buffers of a size. */
  static NetworkConditions holding(int bytes) {
    return new NetworkConditions() {
      @Override
      public int capacity() {
        return bytes;
      }
    };
  }

  /** The size of the buffers from this end to its peer, in bytes; 1 or more. */
  default int capacity() {
    return 256 * 1024;
  }

  /**
   * How many bytes a write takes, of {@code most} that were offered and would fit; 0 for none. A
   * write that takes fewer than were offered found the send buffer full.
   */
  default int accepts(int most) {
    return most;
  }

  /**
   * For how many polls the link then stays full. 0: until the call returns, as when the peer's ACK
   * arrives between two calls.
   */
  default int stalls() {
    return 0;
  }

  /** How many bytes a read gives, of {@code most} that have arrived and were asked for. */
  default int gives(int most) {
    return most;
  }

  /** How many polls it takes until written bytes, or an end, arrive. */
  default int delays() {
    return 0;
  }

  /**
   * After how many bytes that this end has written the connection is reset, as by a RST on the way;
   * by default never.
   */
  default long resetsAfter() {
    return Long.MAX_VALUE;
  }

  /**
   * Which byte of a record of application data changes on its way to the peer. Asked once for each
   * record of TLS (RFC 8446 5.1) that this end writes.
   *
   * @param record its number, from 0, among the records of this end whose header says application
   *     data; in TLS 1.3 those of the encrypted handshake count as well
   * @param length its length without the header, in bytes
   * @return the place behind the header, from 0; -1 for none
   */
  default int corrupts(int record, int length) {
    return -1;
  }

  /**
   * Whether the alert that this end writes right before its FIN is lost: over SSL the close_notify.
   */
  default boolean dropsCloseNotify() {
    return false;
  }

  /** Whether the poller reports the link as writable although it is full. */
  default boolean reportsFalsely() {
    return false;
  }
}
