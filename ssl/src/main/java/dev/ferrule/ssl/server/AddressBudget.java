package dev.ferrule.ssl.server;

/** How many handshakes each client address may begin. Used under the lock of {@link Admission}. */
public interface AddressBudget {
  /** The key of a client that has no IP address, and no budget. */
  long NONE = -1;

  /** Takes one; false when none is left, for one that {@code resumes} or for a full handshake. */
  boolean take(long key, boolean resumes, long now);

  /** The handshake was cheap: it resumed a session. */
  void giveBack(long key);
}
