package dev.ferrule.cli.check;

import dev.ferrule.ssl.SslFinding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a server. Immutable.
 *
 * @param facts what was found out
 * @param grade how good that is
 * @param findings what somebody should know, the worst first
 */
public record Report(Facts facts, Grade grade, List<SslFinding> findings) {
  /** By which a page is known, in its first lines. */
  public static final String PAGE_MARK = ReportPage.MARK;

  Report(Facts facts) {
    this(facts, Grade.of(facts), Findings.of(facts));
  }

  /** Whole days until the first certificate ends; empty when none was seen. */
  public OptionalLong daysLeft() {
    Instant now = facts.at();
    return facts.chains().stream().mapToLong(chain -> chain.daysLeft(now)).min();
  }

  /** Whether all was asked and looked at that should have been; a finding says why it was not. */
  public boolean complete() {
    return facts.complete() && !facts.chainsLeftOut();
  }

  /**
   * Why it is not good enough, in one sentence; empty where it is.
   *
   * @param minDays that each certificate is to last; null for any
   * @param least the grade that is asked for; null for any
   */
  public Optional<String> shortcoming(@Nullable Integer minDays, Grade.@Nullable Letter least) {
    OptionalLong days = daysLeft();
    if (minDays != null && days.isEmpty()) {
      return Optional.of("no certificate was seen, and --min-days asks for one");
    } else if (minDays != null && days.getAsLong() < minDays) {
      return Optional.of(
          "a certificate ends in %d days, and --min-days asks for %d"
              .formatted(days.getAsLong(), minDays));
    } else if (least != null && !grade.letter().reaches(least)) {
      return Optional.of(
          "the grade is %s, and --min-grade asks for %s: %s"
              .formatted(
                  grade.letter(),
                  least,
                  grade.reasons().isEmpty()
                      ? "there is no Strict-Transport-Security for half a year or more"
                      : String.join("; ", grade.reasons())));
    } else if (least != null && !complete()) {
      return Optional.of(
          "the check is not complete, so that the grade may be worse; its findings say why");
    }
    return Optional.empty();
  }

  /** As a table, for people. */
  public String text() {
    return ReportText.of(this);
  }

  /** For programs; docs/check.md has its shape. */
  public String json() {
    return ReportJson.of(this);
  }

  /** As one page of HTML to keep. */
  public String page() {
    return ReportPage.of(this);
  }
}
