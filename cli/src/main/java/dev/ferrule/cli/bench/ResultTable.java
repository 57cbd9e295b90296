package dev.ferrule.cli.bench;

import java.io.PrintStream;
import java.util.List;

/** A result as text. */
public final class ResultTable {
  private static final String LINE = "%-12s %s%n";

  private ResultTable() {}

  /** Prints it. */
  public static void print(Result result, PrintStream out) {
    out.println(Facts.load(result));
    for (Result.Target target : result.targets()) {
      out.println();
      out.printf(LINE, "target", target.name());
      Facts.of(result, target).forEach(fact -> out.printf(LINE, fact.name(), fact.text()));
      Facts.failed(target.total())
          .forEach(fact -> out.printf(LINE, "", fact.name() + ": " + fact.text()));
    }
    List<Ratio> ratios = result.ratios();
    if (!ratios.isEmpty()) {
      out.println();
      out.printf(
          "%s by %s, %s%n",
          result.targets().get(0).name(),
          result.targets().get(1).name(),
          Facts.several(result.targets().get(0).rounds().size(), "round"));
      ratios.forEach(ratio -> out.println(line(ratio)));
    }
  }

  private static String line(Ratio ratio) {
    return "  %-17s %s  [%s to %s], 90 %% of draws %s to %s, %s is better"
        .formatted(
            ratio.figure(),
            Units.ratio(ratio.medians()),
            Units.ratio(ratio.least()),
            Units.ratio(ratio.most()),
            Units.ratio(ratio.low()),
            Units.ratio(ratio.high()),
            ratio.moreIsBetter() ? "more" : "less");
  }
}
