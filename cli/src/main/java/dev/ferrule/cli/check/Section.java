package dev.ferrule.cli.check;

import java.util.List;

/**
 * A part of a report for people.
 *
 * @param title its heading
 * @param rows what it says
 */
record Section(String title, List<Row> rows) {
  /**
   * A fact.
   *
   * @param label what it is about
   * @param value what was found
   * @param mark how good that is
   */
  record Row(String label, String value, Mark mark) {}

  /** How good a fact is. */
  enum Mark {
    GOOD,
    PLAIN,
    WEAK,
    BAD
  }
}
