package dev.ferrule.fleet.rotation;

/**
 * How a server stands with its fleet.
 *
 * <pre>
 *             the store answers            a key has settled
 *   ALONE  ----------------------> WAITING -----------------> SHARED
 *     ^  <----------------------      ^                        |  ^
 *     |    it does not                | the last key's use     |  | the store
 *     |                               | is over                |  | answers
 *     |                               +------------------------+  |
 *     |  the last key's use is over                            v  |
 *     +------------------------------------------------------ DETACHED
 * </pre>
 */
public enum State {
  /** The store does not answer, and no key of it can be used: derived keys encrypt. */
  ALONE,
  /** The store answers, and no key of it may encrypt yet: derived keys do. */
  WAITING,
  /** A key of the store encrypts. */
  SHARED,
  /** A key of the store encrypts, and the store does not answer. */
  DETACHED;

  static State of(boolean answers, boolean hasKey) {
    if (answers) {
      return hasKey ? SHARED : WAITING;
    }
    return hasKey ? DETACHED : ALONE;
  }
}
