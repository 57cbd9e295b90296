package dev.ferrule.connection;

import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has moved until now, and when: made when somebody asks, on the loop's thread.
 * Of a connection that was released it is what it had moved in its life. Immutable.
 *
 * @param received bytes that came from the link
 * @param sent bytes that the link has taken
 * @param dataReceived bytes that the wire has given
 * @param dataSent bytes that the wire has taken
 * @param records the records since the handshake; null where there are none, or nobody counts them
 * @param openNanos how long it has been there; when it has ended, how long it was
 * @param sinceReadNanos since the link gave the last bytes, or since it was opened
 * @param sinceWriteNanos since the link took the last bytes, or since it was opened
 */
public record Traffic(
    long received,
    long sent,
    long dataReceived,
    long dataSent,
    @Nullable Records records,
    long openNanos,
    long sinceReadNanos,
    long sinceWriteNanos) {

  /** That of a connection. */
  public static Traffic of(Connection connection) {
    Outlet outlet = connection.outlet;
    Wire wire = connection.wire;
    TimeLimits times = connection.times;
    long opened = connection.openedNanos;
    long until = times.until();
    return new Traffic(
        outlet == null ? 0 : outlet.received(),
        outlet == null ? 0 : outlet.sent(),
        connection.in().count(),
        connection.out().count(),
        wire == null ? connection.closing().last() : Records.of(wire),
        until - opened,
        until - times.lastRead(opened),
        until - times.lastWrite(opened));
  }
}
