package dev.ferrule.fleet;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a server stands with its fleet, for logs and metrics. There are names of keys in it, which
 * are no secrets, and no keys.
 *
 * @param state which keys encrypt, and whether the store answers
 * @param lastAnswer when the store answered last; null when it never did
 * @param encrypting the name of the key that encrypts; null when derived keys do
 * @param decrypting the names of all keys of the store that are known
 * @param told how many events of each kind there were
 * @param visits how many times the store answered
 * @param failures how many times it did not
 * @param limit of client addresses; null when there is none
 */
public record FleetStatus(
    State state,
    @Nullable Instant lastAnswer,
    @Nullable String encrypting,
    List<String> decrypting,
    Map<FleetEvent.Kind, Long> told,
    long visits,
    long failures,
    @Nullable Limit limit) {
  /** Which keys encrypt, and whether the store answers. */
  public enum State {
    /** It does not, and keys derived from the secret encrypt. */
    ALONE,
    /** It does, and keys derived from the secret encrypt until all servers have its first. */
    WAITING,
    /** It does, and a key of it encrypts. */
    SHARED,
    /** It does not, and a key of it encrypts. */
    DETACHED
  }

  /** Who counts the handshakes of client addresses. */
  public enum Scope {
    /** All servers of the fleet. */
    FLEET,
    /** This one alone, because the store does not answer. */
    SERVER
  }

  /**
   * How the limit of client addresses stands.
   *
   * @param scope who counts
   * @param addresses how many this server knows
   * @param refused how many handshakes it has refused
   * @param exchanges how many times it has exchanged counts with the store
   */
  public record Limit(Scope scope, int addresses, long refused, long exchanges) {}
}
