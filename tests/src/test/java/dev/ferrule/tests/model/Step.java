package dev.ferrule.tests.model;

/**
 * One step of a program.
 *
 * @param when when it is placed, counted from the step before
 * @param socket 0 and 1 are the client and the server's end of the first connection
 * @param size bytes, or microseconds, where the act has any
 */
record Step(When when, Place place, int socket, Act act, int size) {
  /** When a step is placed. */
  enum When {
    /** With the step before it. */
    AT_ONCE,
    NEXT_TURN,
    /** Once nothing moves any more. */
    QUIET
  }

  @Override
  public String toString() {
    return String.format("%-9s %-8s socket %d: %s %d", when, place, socket, act, size);
  }
}
