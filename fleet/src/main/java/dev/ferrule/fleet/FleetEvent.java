package dev.ferrule.fleet;

/**
 * Something that the people who run a fleet want to know. It holds no key and no password.
 *
 * @param kind what it is about
 * @param message one sentence
 */
public record FleetEvent(Kind kind, String message) {
  /** What an event is about. */
  public enum Kind {
    /** The state has changed: {@link FleetStatus#state}. */
    STATE,
    /** Another key encrypts now. */
    ROTATED,
    /** This process has made the next key. */
    MADE,
    /**
     * This process has put keys or a certificate back that were missing in the store, as after a
     * flush.
     */
    RESTORED,
    /** The next version of a certificate has come. */
    CERTIFICATE,
    /** What stands in the store is not of this fleet, or damaged, and is not used. */
    REFUSED,
    /** The store has refused to write for this process, whose lease was over. */
    FENCED,
    /** The clock of the store has jumped. */
    CLOCK,
    /** The store does not answer, or not as it should. */
    UNREACHABLE,
    /** Others count the handshakes of client addresses: {@link FleetStatus.Limit#scope}. */
    LIMIT
  }
}
