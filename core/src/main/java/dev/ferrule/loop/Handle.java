package dev.ferrule.loop;

/**
 * Something that is open on a loop and keeps it running: a connection, a server, a notifier. On the
 * loop's thread.
 */
public interface Handle {
  /** What it counts as in the statistics of its loop. */
  enum Kind {
    /** A connection that this side opened. */
    OUTGOING,
    /** A connection that a server accepted. */
    INCOMING,
    /** An attempt at one of several addresses, for a connection that counts already. */
    ATTEMPT,
    /** A listening server. */
    SERVER,
    /** What accepts for the servers of several loops. */
    ACCEPTOR,
    /** A notifier that was neither triggered nor closed. */
    NOTIFIER
  }

  /** What it counts as. */
  Kind kind();

  /** Ends it in order; nothing for what is not ended by closing a loop. */
  void close();

  /** Gives back what it holds, because the loop ends. */
  void drop();
}
