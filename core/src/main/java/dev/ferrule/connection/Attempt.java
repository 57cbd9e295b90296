package dev.ferrule.connection;

import java.io.IOException;
import java.net.SocketAddress;

/**
 * One address that is tried, in a race with others. It tells its {@link Connector} once that it has
 * won its goal or failed, unless it is cancelled before. On the loop's thread.
 */
interface Attempt {
  /** The address. */
  SocketAddress address();

  /**
   * Begins; it tells nothing before this has returned.
   *
   * @throws IOException when it fails at once
   */
  void begin() throws IOException;

  /** Another has won, or nobody waits any more: ends it at once. Nothing when it has ended. */
  void cancel();

  /** How far it is, for the sentence of a failure. */
  String progress();
}
