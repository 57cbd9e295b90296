package dev.ferrule.cli.cert;

import java.time.Duration;
import java.time.Instant;

/** Times in words. */
final class Days {
  private Days() {}

  /** Whole days until then; below zero once it has passed. */
  static long until(Instant then, Instant now) {
    return Math.floorDiv(Duration.between(now, then).toSeconds(), 86_400L);
  }

  /** "824 days left", "5 hours left", "expired 3 days ago". */
  static String left(Instant then, Instant now) {
    return now.isAfter(then)
        ? "expired " + span(Duration.between(then, now)) + " ago"
        : span(Duration.between(now, then)) + " left";
  }

  private static String span(Duration time) {
    return time.toDays() > 1
        ? time.toDays() + " days"
        : time.toHours() > 1 ? time.toHours() + " hours" : time.toMinutes() + " minutes";
  }
}
