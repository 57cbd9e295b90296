package dev.ferrule.cli.check;

/** A report as a table for a terminal or a log. */
final class ReportText {
  private static final int WIDEST_LABEL = 48;

  private ReportText() {}

  static String of(Report report) {
    StringBuilder text = new StringBuilder();
    for (Section section : Sections.of(report)) {
      text.append(text.isEmpty() ? "" : "\n").append(section.title()).append('\n');
      int width =
          section.rows().stream()
              .mapToInt(row -> Math.min(WIDEST_LABEL, row.label().length()))
              .max()
              .orElse(0);
      for (Section.Row row : section.rows()) {
        String label = row.label();
        text.append("  ").append(label).append(" ".repeat(Math.max(0, width - label.length())));
        text.append("  ").append(sign(row.mark())).append(' ').append(row.value()).append('\n');
      }
    }
    return text.toString();
  }

  /** Not by colour alone, which a log does not have. */
  private static String sign(Section.Mark mark) {
    return switch (mark) {
      case GOOD -> "+";
      case PLAIN -> " ";
      case WEAK -> "-";
      case BAD -> "!";
    };
  }
}
