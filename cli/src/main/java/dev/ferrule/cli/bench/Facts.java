package dev.ferrule.cli.bench;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a result says, in lines for the table and the page. */
public final class Facts {
  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

  private Facts() {}

  /**
   * A line.
   *
   * @param name what it is about
   * @param text what is so
   */
  public record Fact(String name, String text) {}

  /** What was done, in one line. */
  public static String load(Result result) {
    Load load = result.load();
    String size = load.size() > 0 ? " of " + Units.count(load.size()) + " bytes" : "";
    String how =
        !load.workload().hasOperations()
            ? ""
            : load.isOpen() ? ", open loop of " + Units.count(load.rate()) + "/s" : ", closed loop";
    return "%s%s over %s on %s%s"
        .formatted(
            load.workload(),
            size,
            several(load.connections(), "connection"),
            several(result.loops(), "loop"),
            how);
  }

  static String several(long count, String unit) {
    return Units.count(count) + " " + unit + (count == 1 ? "" : unit.endsWith("o") ? "es" : "s");
  }

  /** What was agreed with a target. */
  static String protocol(Result.Target target) {
    SslSession session = target.reached().session();
    return session == null ? "plain TCP" : session.toString();
  }

  /** The lines about one target. */
  public static List<Fact> of(Result result, Result.Target target) {
    List<Fact> facts = new ArrayList<>();
    Load load = result.load();
    Outcome total = target.total();
    Counts counts = total.counts();
    int rounds = target.rounds().size();
    facts.add(new Fact("protocol", protocol(target)));
    facts.add(
        new Fact(
            "measured",
            Units.seconds(total.seconds())
                + (rounds > 1 ? " in " + rounds + " rounds" : "")
                + (load.warmup().isZero()
                    ? ""
                    : (rounds > 1 ? ", each after " : ", after ")
                        + Units.seconds(load.warmup().toMillis() / 1e3)
                        + " of warm-up")));
    switch (load.workload()) {
      case IDLE -> {
        facts.add(
            new Fact(
                "opened",
                "%s in %s, %s"
                    .formatted(
                        several(total.opened(), "connection"),
                        Units.time(total.openedIn() / Math.max(1, rounds) * 1e9),
                        Units.rate(rate(total.opened(), total.openedIn() / Math.max(1, rounds))))));
        facts.add(new Fact("lost", Units.count(counts.lost())));
      }
      case SOURCE, SINK -> facts.add(new Fact("moved", speeds(total)));
      case ECHO, CHURN, FULL, RESUMED -> {
        facts.add(
            new Fact(
                "done",
                several(counts.done(), load.workload().unit())
                    + ", "
                    + Units.rate(total.operationsPerSecond())));
        if (load.size() > 0) {
          facts.add(new Fact("moved", speeds(total)));
        }
      }
    }
    if (load.isOpen()) {
      facts.add(new Fact("rate", rate(result, total)));
    }
    if (load.workload().hasLatency()) {
      facts.add(new Fact("latency", latency(total)));
    }
    if (counts.full() + counts.resumed() > 0 && !load.workload().keepsConnections()) {
      facts.add(
          new Fact(
              "handshakes",
              "%s full, %s resumed"
                  .formatted(Units.count(counts.full()), Units.count(counts.resumed()))));
    }
    if (total.cpuSeconds() > 0) {
      facts.add(new Fact("generator", generator(load, total)));
    }
    facts.add(new Fact("failures", failures(total)));
    return facts;
  }

  private static double rate(double count, double seconds) {
    return seconds == 0 ? 0 : count / seconds;
  }

  private static String speeds(Outcome total) {
    double seconds = Math.max(total.seconds(), 1e-9);
    return Units.speed(total.counts().sent() / seconds)
        + " sent, "
        + Units.speed(total.counts().received() / seconds)
        + " received";
  }

  private static String rate(Result result, Outcome total) {
    Counts counts = total.counts();
    return "asked %s, got %s; %s began over 1 ms late, %s did not begin"
        .formatted(
            Units.rate(result.load().rate()),
            Units.rate(total.operationsPerSecond()),
            Units.count(counts.late()),
            Units.count(counts.unsent()));
  }

  private static String latency(Outcome total) {
    if (total.latency().getTotalCount() == 0) {
      return "none was measured";
    }
    StringBuilder line = new StringBuilder();
    for (double each : PERCENTILES) {
      line.append('p').append(percentile(each)).append(' ');
      line.append(Units.time(total.latencyAt(each))).append(", ");
    }
    return line + "max " + Units.time(total.latency().getMaxValue());
  }

  /** As it is written behind a p. */
  static String percentile(double percentile) {
    return percentile == Math.rint(percentile)
        ? String.valueOf((int) percentile)
        : String.valueOf(percentile);
  }

  /** How often each failed, in one line. */
  public static String failures(Outcome total) {
    if (total.failures().isEmpty()) {
      return "none";
    }
    List<String> each = new ArrayList<>();
    total
        .failures()
        .forEach((code, failure) ->
            each.add("%s %s".formatted(Units.count(failure.count()), SafeText.of(code))));
    return String.join(", ", each);
  }

  /** One sentence for each way in which something failed. */
  public static List<Fact> failed(Outcome total) {
    List<Fact> facts = new ArrayList<>();
    for (Map.Entry<String, Failure> each : total.failures().entrySet()) {
      facts.add(new Fact(SafeText.of(each.getKey()), SafeText.of(each.getValue().example())));
    }
    return facts;
  }

  private static String generator(Load load, Outcome total) {
    double units =
        load.workload().hasOperations() ? total.counts().done() : total.counts().bytes() / 1e6;
    String each =
        units > 0 && load.workload() != Workload.IDLE
            ? ", "
                + Units.time(total.cpuSeconds() / units * 1e9)
                + " for each "
                + load.workload().unit()
            : "";
    return "%s of processors%s, %.2f of one"
        .formatted(Units.seconds(total.cpuSeconds()), each, busy(total));
  }

  /** How many processors the generator used. */
  static double busy(Outcome total) {
    return total.cpuSeconds() / Math.max(total.seconds(), 1e-9);
  }
}
