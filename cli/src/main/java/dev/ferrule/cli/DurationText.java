package dev.ferrule.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A duration as people write it on a command line: 500ms, 5s, 1.5m, 1h; without a unit seconds. */
final class DurationText {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(ms|s|m|h|)");
  private static final Duration LONGEST = Duration.ofDays(1);

  private DurationText() {}

  /**
   * Reads a duration from zero to a day.
   *
   * @throws ToolError for wrong usage, which names {@code option}
   */
  static Duration parse(String option, String text) {
    return parse(option, text, LONGEST);
  }

  /** As {@link #parse(String, String)}, from zero to {@code longest}, which is whole hours. */
  static Duration parse(String option, String text, Duration longest) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      BigDecimal nanos = new BigDecimal(form.group(1)).multiply(nanosOf(form.group(2)));
      if (nanos.compareTo(BigDecimal.valueOf(longest.toNanos())) <= 0) {
        return Duration.ofNanos(nanos.longValue());
      }
    }
    throw new ToolError(
        Exit.USAGE,
        "%s is a duration from 0s to %dh, such as 500ms, 5s or 2m, not %s"
            .formatted(option, longest.toHours(), text));
  }

  private static BigDecimal nanosOf(String unit) {
    return BigDecimal.valueOf(
        switch (unit) {
          case "ms" -> 1_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          default -> 1_000_000_000L;
        });
  }
}
