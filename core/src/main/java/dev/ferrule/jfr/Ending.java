package dev.ferrule.jfr;

import org.jspecify.annotations.Nullable;

/**
 * How a connection ended, and what it had done. Made only for a recording. Immutable.
 *
 * @param side "client" or "server": whether this side connected or accepted
 * @param reason the code of the failure, or a word for an end that is none
 * @param endedBy who ended it: a word of {@link FailureFacts}
 * @param recordsReceived -1 where there is no TLS
 * @param recordsSent -1 where there is no TLS
 * @param openNanos how long it was there
 */
public record Ending(
    String side,
    @Nullable String peer,
    String reason,
    String endedBy,
    long received,
    long sent,
    long dataReceived,
    long dataSent,
    long recordsReceived,
    long recordsSent,
    long openNanos) {}
