package dev.ferrule.cli.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** A result as one page of HTML, which loads nothing. */
public final class ReportPage {
  /** By which a report is known. */
  public static final String MARK = "<meta name=\"generator\" content=\"ferrule bench\">";

  private static final double[] PERCENTILES = {
    50, 60, 70, 75, 80, 85, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.999
  };
  private static final double[] NAMED = {50, 90, 99, 99.9, 99.99};
  private static final int MOST_POINTS = 300; // of a line over time

  private ReportPage() {}

  /** The page. */
  public static String of(Result result) {
    StringBuilder body = new StringBuilder();
    notes(Notes.of(result), body);
    if (!result.ratios().isEmpty()) {
      ratios(result, body);
    }
    body.append("<div class=\"pair\">\n");
    charts(result).forEach(chart -> body.append(chart.html()));
    body.append("</div>\n<div class=\"pair\">\n");
    result.targets().forEach(target -> facts(result, target, body));
    body.append("</div>\n");
    StringBuilder title = new StringBuilder("ferrule bench: " + result.targets().getFirst().name());
    result.targets().stream().skip(1).forEach(other -> title.append(" and ").append(other.name()));
    String head = "%s. %s, %s".formatted(Facts.load(result), result.started(), result.version());
    return template()
        .replace("@TITLE@", Html.text(title.toString()))
        .replace("@HEAD@", Html.text(head))
        .replace("@BODY@", body);
  }

  private static String template() {
    try (InputStream in = ReportPage.class.getResourceAsStream("report.html")) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks report.html");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- texts

  private static void notes(List<String> notes, StringBuilder body) {
    if (notes.isEmpty()) {
      return;
    }
    body.append("<section class=\"notes\"><h2>To know before you read on</h2><ul>\n");
    notes.forEach(note -> body.append("<li>").append(Html.text(note)).append("</li>\n"));
    body.append("</ul></section>\n");
  }

  private static void ratios(Result result, StringBuilder body) {
    body.append("<section><h2>")
        .append(Html.text(result.targets().get(0).name()))
        .append(" by ")
        .append(Html.text(result.targets().get(1).name()))
        .append("</h2><div class=\"scroll\"><table><thead><tr><th>figure</th><th>of medians</th>")
        .append(
            "<th>of each round</th><th>90 % of draws</th><th>better</th></tr></thead><tbody>\n");
    for (Ratio each : result.ratios()) {
      row(
          body,
          each.figure(),
          Units.ratio(each.medians()),
          Units.ratio(each.least()) + " to " + Units.ratio(each.most()),
          Units.ratio(each.low()) + " to " + Units.ratio(each.high()),
          each.moreIsBetter() ? "above 1" : "below 1");
    }
    body.append("</tbody></table></div></section>\n");
  }

  private static void facts(Result result, Result.Target target, StringBuilder body) {
    body.append("<section><h2>")
        .append(Html.text(target.name()))
        .append("</h2><div class=\"scroll\"><table><tbody>\n");
    Facts.of(result, target).forEach(fact -> row(body, fact.name(), fact.text()));
    Facts.failed(target.total()).forEach(fact -> row(body, fact.name(), fact.text()));
    body.append("</tbody></table></div></section>\n");
  }

  private static void row(StringBuilder body, String head, String... cells) {
    body.append("<tr><th scope=\"row\">").append(Html.text(head)).append("</th>");
    for (String cell : cells) {
      body.append("<td>").append(Html.text(cell)).append("</td>");
    }
    body.append("</tr>\n");
  }

  // ---- charts

  private static List<LineChart> charts(Result result) {
    List<LineChart> charts = new ArrayList<>();
    Workload workload = result.load().workload();
    boolean hasLatency =
        result.targets().stream().anyMatch(each -> each.total().latency().getTotalCount() > 0);
    if (hasLatency) {
      charts.add(percentiles(result));
    }
    if (workload.hasOperations()) {
      charts.add(
          overTime(
              result,
              "Operations a second",
              second -> second.operations() / second.length(),
              value -> String.format(Locale.ROOT, "%,.0f", value)));
    } else if (workload != Workload.IDLE) {
      charts.add(
          overTime(
              result, "Bytes a second", second -> second.bytes() / second.length(), Units::speed));
    }
    if (workload.hasOperations() && hasLatency) {
      charts.add(latencyOverTime(result));
    }
    return charts;
  }

  private static LineChart percentiles(Result result) {
    LineChart chart =
        new LineChart("Latency by percentile", LineChart.Scale.LOGARITHMIC, Units::time);
    for (Result.Target target : result.targets()) {
      long samples = target.total().latency().getTotalCount();
      List<Double> told = new ArrayList<>();
      for (double each : PERCENTILES) {
        if (samples * (100 - each) / 100 >= 1) { // else it is the largest one
          told.add(each);
        }
      }
      chart.line(
          target.name(),
          told.stream().mapToDouble(ReportPage::nines).toArray(),
          told.stream().mapToDouble(each -> target.total().latencyAt(each)).toArray());
    }
    for (double each : NAMED) {
      chart.tick(nines(each), "p" + Facts.percentile(each));
    }
    return chart;
  }

  /** Percentiles at even distances: 90 at 1, 99 at 2, 99.9 at 3. */
  private static double nines(double percentile) {
    return -Math.log10(1 - percentile / 100);
  }

  private static LineChart overTime(
      Result result,
      String title,
      ToDoubleFunction<Timeline.Second> value,
      DoubleFunction<String> unit) {
    LineChart chart = new LineChart(title, LineChart.Scale.LINEAR, unit);
    for (Result.Target target : result.targets()) {
      chart.line(target.name(), times(target), means(target, value));
    }
    return timed(chart, result);
  }

  private static LineChart latencyOverTime(Result result) {
    LineChart chart =
        new LineChart("Latency in each second", LineChart.Scale.LOGARITHMIC, Units::time);
    if (result.targets().size() > 1) {
      for (Result.Target target : result.targets()) {
        chart.line(target.name() + ", p99", times(target), means(target, Timeline.Second::p99));
      }
    } else {
      Result.Target only = result.targets().getFirst();
      chart.line("p50", times(only), means(only, Timeline.Second::p50));
      chart.line("p99", times(only), means(only, Timeline.Second::p99));
      chart.line("max", times(only), means(only, Timeline.Second::max));
    }
    return timed(chart, result);
  }

  private static LineChart timed(LineChart chart, Result result) {
    int most =
        result.targets().stream().mapToInt(each -> each.total().timeline().size()).max().orElse(0);
    return chart.tick(1, "1 s").tick(Math.max(1, most), most > 1 ? most + " s" : "");
  }

  /** Seconds in which there is something to see, or groups of so many that they fit. */
  private static double[] times(Result.Target target) {
    int group = group(target);
    int count = target.total().timeline().size() / group;
    double[] times = new double[count];
    for (int i = 0; i < count; i++) {
      times[i] = i * group + (group + 1) / 2.0;
    }
    return times;
  }

  private static double[] means(Result.Target target, ToDoubleFunction<Timeline.Second> value) {
    int group = group(target);
    List<Timeline.Second> seconds = target.total().timeline();
    double[] means = new double[seconds.size() / group];
    for (int i = 0; i < means.length; i++) {
      means[i] =
          seconds.subList(i * group, (i + 1) * group).stream()
              .mapToDouble(value)
              .average()
              .orElse(0);
    }
    return means;
  }

  private static int group(Result.Target target) {
    return Math.max(1, (target.total().timeline().size() + MOST_POINTS - 1) / MOST_POINTS);
  }
}
