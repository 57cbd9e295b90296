package dev.ferrule.cli.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslSession;

/** A result as JSON, whose shape docs/bench.md tells. */
public final class ResultJson {
  private static final double MICRO = 1e3; // nanoseconds

  private ResultJson() {}

  /** On several lines. */
  public static String of(Result result) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("version", result.version());
    root.put("started", result.started().toString());
    root.put("interrupted", result.interrupted());
    load(result, root.putObject("load"));
    ArrayNode targets = root.putArray("targets");
    result.targets().forEach(target -> target(result.load(), target, targets.addObject()));
    ArrayNode ratios = root.putArray("ratios");
    result.ratios().forEach(ratio -> ratio(ratio, ratios.addObject()));
    ArrayNode notes = root.putArray("notes");
    Notes.of(result).forEach(notes::add);
    return root.toPrettyString();
  }

  private static void load(Result result, ObjectNode to) {
    Load load = result.load();
    to.put("mode", load.workload().toString());
    to.put("connections", load.connections());
    to.put("loops", result.loops());
    to.put("size", load.size());
    to.put("seconds", load.measured().toMillis() / 1e3);
    to.put("warmup", load.warmup().toMillis() / 1e3);
    if (load.isOpen()) {
      to.put("rate", load.rate());
    } else {
      to.putNull("rate");
    }
  }

  private static void target(Load load, Result.Target target, ObjectNode to) {
    to.put("target", SafeText.of(target.name()));
    SslSession session = target.reached().session();
    if (session == null) {
      to.putNull("tls");
    } else {
      ObjectNode tls = to.putObject("tls");
      tls.put("protocol", session.protocol().toString());
      tls.put("cipher", session.cipher());
      tls.put("group", session.group().orElse(null));
      tls.put("alpn", session.alpn().map(SafeText::of).orElse(null));
      tls.put("provider", session.provider());
    }
    outcome(load, target.total(), to.putObject("total"));
    ArrayNode rounds = to.putArray("rounds");
    target.rounds().forEach(each -> outcome(load, each, rounds.addObject()));
    ArrayNode seconds = to.putArray("seconds");
    for (Timeline.Second each : target.total().timeline()) {
      seconds
          .addObject()
          .put("seconds", each.length())
          .put("operations", each.operations())
          .put("bytes", each.bytes())
          .put("p50_us", each.p50() / MICRO)
          .put("p99_us", each.p99() / MICRO)
          .put("max_us", each.max() / MICRO);
    }
  }

  private static void outcome(Load load, Outcome outcome, ObjectNode to) {
    Counts counts = outcome.counts();
    to.put("seconds", outcome.seconds());
    to.putObject("operations")
        .put("done", counts.done())
        .put("per_second", outcome.operationsPerSecond())
        .put("failed", counts.failed())
        .put("unanswered", counts.unanswered());
    if (load.isOpen()) {
      to.putObject("rate")
          .put("asked", counts.asked())
          .put("late", counts.late())
          .put("unsent", counts.unsent())
          .put("reached", Notes.isReached(load, outcome));
    } else {
      to.putNull("rate");
    }
    to.putObject("bytes")
        .put("sent", counts.sent())
        .put("received", counts.received())
        .put("per_second", outcome.bytesPerSecond());
    to.putObject("handshakes").put("full", counts.full()).put("resumed", counts.resumed());
    to.putObject("connections")
        .put("opened", outcome.opened())
        .put("opened_in", outcome.openedIn())
        .put("open", counts.open())
        .put("lost", counts.lost())
        .put("unclean", counts.unclean());
    latency(outcome, to);
    ArrayNode failures = to.putArray("failures");
    outcome
        .failures()
        .forEach((code, failure) ->
            failures
                .addObject()
                .put("code", SafeText.of(code))
                .put("count", failure.count())
                .put("example", SafeText.of(failure.example())));
    to.put("cpu_seconds", outcome.cpuSeconds());
  }

  private static void latency(Outcome outcome, ObjectNode to) {
    if (outcome.latency().getTotalCount() == 0) {
      to.putNull("latency_us");
      return;
    }
    to.putObject("latency_us")
        .put("samples", outcome.latency().getTotalCount())
        .put("mean", outcome.latency().getMean() / MICRO)
        .put("p50", outcome.latencyAt(50) / MICRO)
        .put("p90", outcome.latencyAt(90) / MICRO)
        .put("p99", outcome.latencyAt(99) / MICRO)
        .put("p99_9", outcome.latencyAt(99.9) / MICRO)
        .put("p99_99", outcome.latencyAt(99.99) / MICRO)
        .put("max", outcome.latency().getMaxValue() / MICRO);
  }

  private static void ratio(Ratio ratio, ObjectNode to) {
    to.put("figure", ratio.figure());
    to.put("better", ratio.moreIsBetter() ? "more" : "less");
    put(to, "medians", ratio.medians());
    put(to, "least", ratio.least());
    put(to, "most", ratio.most());
    put(to, "low", ratio.low());
    put(to, "high", ratio.high());
  }

  /** JSON has no NaN. */
  private static void put(ObjectNode to, String name, double value) {
    if (Double.isFinite(value)) {
      to.put(name, value);
    } else {
      to.putNull(name);
    }
  }
}
