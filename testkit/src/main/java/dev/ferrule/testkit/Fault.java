package dev.ferrule.testkit;

/** What can become of the bytes that one end of a {@link SimulatedNetwork} has written. */
public enum Fault {
  /** A RST on the way cut the connection; what neither end had read is lost. */
  RESET,
  /** A bit of a record was changed. */
  CORRUPTED_RECORD,
  /** The alert right before the FIN is missing: close_notify, where the end was a clean one. */
  LOST_CLOSE_NOTIFY
}
