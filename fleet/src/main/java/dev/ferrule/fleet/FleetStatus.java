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
 */
public record FleetStatus(
    State state,
    @Nullable Instant lastAnswer,
    @Nullable String encrypting,
    List<String> decrypting,
    Map<FleetEvent.Kind, Long> told,
    long visits,
    long failures) {
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
}
