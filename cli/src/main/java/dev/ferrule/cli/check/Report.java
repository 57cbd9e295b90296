package dev.ferrule.cli.check;

import dev.ferrule.ssl.SslFinding;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

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
