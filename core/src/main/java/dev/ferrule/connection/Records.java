package dev.ferrule.connection;

import dev.ferrule.spi.Wire;
import org.jspecify.annotations.Nullable;

/**
 * The records of a connection since its handshake: made when somebody asks, and once at the end,
 * because the wire that counts them goes before its socket does. Immutable.
 *
 * @param read how many were decrypted
 * @param written how many were encrypted
 */
public record Records(long read, long written) {
  /** What {@code wire} has counted; null when that is nothing. */
  static @Nullable Records of(Wire wire) {
    long read = wire.recordsRead();
    return read < 0 ? null : new Records(read, wire.recordsWritten());
  }
}
