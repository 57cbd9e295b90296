package dev.ferrule.cli.bench;

import java.time.Duration;

/**
 * What is done to a target in one round.
 *
 * @param workload what connections do
 * @param connections how many at once, over all loops
 * @param size bytes of one message or write; 0 where nothing is sent
 * @param measured how long is measured
 * @param warmup how long the load runs before
 * @param rate operations a second over all connections, for an open loop; 0 for a closed one
 * @param timeout of connecting, of the handshake, and of the answer to one operation each
 */
public record Load(
    Workload workload,
    int connections,
    int size,
    Duration measured,
    Duration warmup,
    int rate,
    Duration timeout) {
  /** Whether operations begin at times that were fixed before. */
  public boolean isOpen() {
    return rate > 0;
  }
}
