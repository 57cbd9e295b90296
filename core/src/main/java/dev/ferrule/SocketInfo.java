package dev.ferrule;

import dev.ferrule.connection.Connection;
import dev.ferrule.connection.Records;
import dev.ferrule.connection.Traffic;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.PathFacts;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a socket has moved, what waits in it, and how its peer is reached: a picture of one moment,
 * by {@link TcpSocket#info}. Immutable; may be kept and read from any thread.
 *
 * <p>All counts are of the connection since it was opened or accepted; one that was wrapped in SSL
 * goes on counting. A socket that has been released keeps its last values, and has no {@link
 * #path}.
 *
 * @param received bytes that came over the network: over SSL with records and handshakes
 * @param sent bytes that the system has taken to be sent, counted in the same way
 * @param dataReceived bytes of the peer's program, after decryption; those that wait unread too
 * @param dataSent bytes of this program that were encrypted, or without SSL passed on as they are;
 *     those that wait in front of that are not counted yet
 * @param recordsReceived records of SSL since the handshake, with those that hold no data: tickets,
 *     KeyUpdates, alerts; empty without SSL and before the handshake is done
 * @param recordsSent the same of those that this side has sent
 * @param queued bytes that wait to be sent, as {@link TcpSocket#queued}
 * @param unread bytes that wait for a stream, or for a read callback that is paused
 * @param open how long the socket has been there, since the call that opened it, or since it was
 *     accepted; of one that was released, how long it was
 * @param sinceRead since bytes, or the end, last came from the peer; {@link #open} if they never
 *     did. By the loop's clock, and when the loop noticed
 * @param sinceWrite since the system last took bytes; {@link #open} if it never did
 * @param path what the system knows of the path to the peer: with the epoll poller, on a TCP socket
 *     that is connected and not released; empty otherwise
 */
public record SocketInfo(
    long received,
    long sent,
    long dataReceived,
    long dataSent,
    OptionalLong recordsReceived,
    OptionalLong recordsSent,
    long queued,
    long unread,
    Duration open,
    Duration sinceRead,
    Duration sinceWrite,
    Optional<PathFacts> path) {

  static SocketInfo of(Connection connection) {
    Traffic traffic = Traffic.of(connection);
    Records records = traffic.records();
    Link link = connection.link();
    return new SocketInfo(
        traffic.received(),
        traffic.sent(),
        traffic.dataReceived(),
        traffic.dataSent(),
        records == null ? OptionalLong.empty() : OptionalLong.of(records.read()),
        records == null ? OptionalLong.empty() : OptionalLong.of(records.written()),
        connection.out().queued(),
        connection.in().waiting(),
        Duration.ofNanos(traffic.openNanos()),
        Duration.ofNanos(traffic.sinceReadNanos()),
        Duration.ofNanos(traffic.sinceWriteNanos()),
        link == null ? Optional.empty() : Optional.ofNullable(link.path()));
  }
}
