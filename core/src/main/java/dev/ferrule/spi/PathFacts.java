package dev.ferrule.spi;

import java.time.Duration;

/**
 * What the system knows of a TCP connection's path to its peer (RFC 9293, RFC 6298); on Linux by
 * the socket option TCP_INFO. Immutable.
 *
 * @param roundTrip the smoothed time of a round trip; zero before one was measured
 * @param roundTripVariance how much it varies
 * @param retransmitted segments that were sent again, so far
 * @param unacknowledged segments that were sent and that the peer has not acknowledged yet
 * @param congestionWindow segments that may be under way at once (RFC 5681)
 * @param segment the most bytes of a segment that this side sends
 */
public record PathFacts(
    Duration roundTrip,
    Duration roundTripVariance,
    long retransmitted,
    long unacknowledged,
    long congestionWindow,
    int segment) {}
