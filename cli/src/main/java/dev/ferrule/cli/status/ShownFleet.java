package dev.ferrule.cli.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a process stands with its fleet. Keys have names here, which are no secrets.
 *
 * @param state a word of docs/fleet.md
 * @param encrypting the ticket key that encrypts; null when derived keys do
 * @param decrypting all ticket keys of the store that are known
 * @param lastAnswer when the store answered last; null when it never did
 * @param visits how many times it answered
 * @param failures how many times it did not
 * @param events how many there were of each kind
 */
public record ShownFleet(
    String state,
    @Nullable String encrypting,
    List<String> decrypting,
    @Nullable Instant lastAnswer,
    long visits,
    long failures,
    Map<String, Long> events) {
  /** Copies the collections. */
  public ShownFleet {
    decrypting = List.copyOf(decrypting);
    events = Map.copyOf(events);
  }

  /** Seconds since the store answered; null when it never did. */
  @Nullable Double secondsSinceAnswer(Instant now) {
    return lastAnswer == null
        ? null
        : Math.max(0, Duration.between(lastAnswer, now).toMillis()) / 1000.0;
  }
}
