package dev.ferrule.cli.bench;

/**
 * What was counted while it was measured.
 *
 * @param done operations that were answered
 * @param failed operations that failed
 * @param unanswered operations that were under way at the end
 * @param oldestNanos how long the oldest of those had waited
 * @param asked operations of an open loop whose time came; 0 in a closed one
 * @param late of those, what began more than a millisecond after its time
 * @param unsent of those, what had not begun at the end
 * @param sent bytes that were sent
 * @param received bytes that were received
 * @param full handshakes that were full ones
 * @param resumed handshakes that resumed a session
 * @param unclean connections that the target ended without close_notify, after this side's
 * @param open connections at the end
 * @param lost connections that were open and ended without being asked to
 */
public record Counts(
    long done,
    long failed,
    long unanswered,
    long oldestNanos,
    long asked,
    long late,
    long unsent,
    long sent,
    long received,
    long full,
    long resumed,
    long unclean,
    long open,
    long lost) {
  static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  Counts plus(Counts other) {
    return new Counts(
        done + other.done,
        failed + other.failed,
        unanswered + other.unanswered,
        Math.max(oldestNanos, other.oldestNanos),
        asked + other.asked,
        late + other.late,
        unsent + other.unsent,
        sent + other.sent,
        received + other.received,
        full + other.full,
        resumed + other.resumed,
        unclean + other.unclean,
        open + other.open,
        lost + other.lost);
  }

  /** Bytes each way. */
  public long bytes() {
    return sent + received;
  }
}
