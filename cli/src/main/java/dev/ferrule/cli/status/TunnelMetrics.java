package dev.ferrule.cli.status;

import dev.ferrule.cli.tunnel.EventLog;
import dev.ferrule.cli.tunnel.TunnelStats;
import dev.ferrule.cli.tunnel.TunnelStats.Count;
import dev.ferrule.host.SafeText;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What tunnels have counted, in Prometheus' model, read when it is asked for. The values of labels
 * are names and addresses of the owner's options, codes of the catalogue of errors, and subjects of
 * the owner's certificates: a peer makes none of them.
 */
final class TunnelMetrics implements MultiCollector {
  private final Observed observed;
  private final EventLog log;
  private final InstantSource clock;

  TunnelMetrics(Observed observed, EventLog log, InstantSource clock) {
    this.observed = observed;
    this.log = log;
    this.clock = clock;
  }

  @Override
  public MetricSnapshots collect() {
    Families all = new Families(observed.kind().name().toLowerCase(Locale.ROOT));
    all.gauge(
        all.name("ready"),
        "1 while the process takes connections.",
        observed.state() == Observed.State.READY ? 1 : 0);
    all.counter(all.name("log_lines_lost"), "Lines that the log did not get.", log.dropped());
    ShownFleet fleet = observed.fleet();
    if (fleet != null) {
      FleetMetrics.add(fleet, clock.instant(), all);
    }
    for (Observed.Each each : observed.tunnels()) {
      add(each, all);
    }
    return all.snapshots();
  }

  private static void add(Observed.Each each, Families all) {
    String name = SafeText.of(each.name());
    all.gauge(
        all.name("open_connections"),
        "Connections of clients that are open.",
        each.open(),
        all.kind,
        name);
    connections(each.stats(), name, all);
    handshakes(each.stats(), name, all);
    for (ShownTarget target : each.targets()) {
      String[] labels = {all.kind, name, "target", target.to()};
      all.gauge(
          all.name("target_up"),
          "1 while the target works, 0 from target-down to target-up.",
          target.up() ? 1 : 0,
          labels);
      all.gauge(
          all.name("target_open_connections"),
          "Connections to the target that are open.",
          target.open(),
          labels);
    }
    for (ShownCertificate shown : ShownCertificate.leaves(each.chains())) {
      all.gauge(
          all.name("certificate_expiry_timestamp_seconds"),
          "When a certificate that the tunnel shows expires, in seconds since 1970.",
          (double) shown.notAfter().getEpochSecond(),
          all.kind,
          name,
          "subject",
          shown.subject(),
          "sha256",
          shown.sha256());
    }
  }

  private static void connections(TunnelStats stats, String name, Families all) {
    all.counter(
        all.name("connections"),
        "Connections that clients opened.",
        stats.of(Count.ACCEPTED),
        all.kind,
        name);
    all.counter(
        all.name("refused_connections"),
        "Of those, what a bound or a route refused.",
        stats.of(Count.REFUSED),
        all.kind,
        name);
    if (all.kind.equals("tunnel")) {
      all.counter(
          all.name("unreachable_connections"),
          "Of those, what no target could be reached for.",
          stats.of(Count.UNREACHABLE),
          all.kind,
          name);
    }
    stats
        .limited()
        .forEach((limit, n) ->
            all.counter(
                all.name("limited_connections"),
                "Connections that a limit refused or cut.",
                n,
                all.kind,
                name,
                "limit",
                limit));
    String ended = all.name("ended_connections");
    String help = "Connections that have ended: closed by both sides in order, or cut.";
    all.counter(ended, help, stats.of(Count.CLOSED), all.kind, name, "how", "closed");
    all.counter(ended, help, stats.of(Count.CUT), all.kind, name, "how", "cut");
    String bytes = all.name("passed_bytes");
    String passed = "Bytes of data, by who sent them.";
    all.counter(
        bytes, passed, stats.of(Count.BYTES_FROM_CLIENTS), all.kind, name, "from", "clients");
    String other = all.kind.equals("tunnel") ? "targets" : "server";
    all.counter(bytes, passed, stats.of(Count.BYTES_FROM_TARGETS), all.kind, name, "from", other);
  }

  private static void handshakes(TunnelStats stats, String name, Families all) {
    String done = all.name("handshakes");
    String help = "Handshakes that were done: full ones, and those that resumed a session.";
    all.counter(done, help, stats.of(Count.FULL_HANDSHAKES), all.kind, name, "kind", "full");
    all.counter(done, help, stats.of(Count.RESUMED_HANDSHAKES), all.kind, name, "kind", "resumed");
    stats
        .failedHandshakes()
        .forEach((code, n) ->
            all.counter(
                all.name("failed_handshakes"),
                "Handshakes that failed, by the code of the error.",
                n,
                all.kind,
                name,
                "code",
                SafeText.of(code)));
  }

  /** The metrics so far; a name has one help, and a value for each set of labels. */
  static final class Families {
    /** What the names begin with, and the label of each. */
    final String kind;

    private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
    private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();

    Families(String kind) {
      this.kind = kind;
    }

    String name(String what) {
      return "ferrule_" + kind + "_" + what;
    }

    void counter(String name, String help, long value, String... labels) {
      counters
          .computeIfAbsent(name, key -> CounterSnapshot.builder().name(key).help(help))
          .dataPoint(
              CounterSnapshot.CounterDataPointSnapshot.builder()
                  .value((double) value)
                  .labels(Labels.of(labels))
                  .build());
    }

    void gauge(String name, String help, double value, String... labels) {
      gauges
          .computeIfAbsent(name, key -> GaugeSnapshot.builder().name(key).help(help))
          .dataPoint(
              GaugeSnapshot.GaugeDataPointSnapshot.builder()
                  .value(value)
                  .labels(Labels.of(labels))
                  .build());
    }

    MetricSnapshots snapshots() {
      List<io.prometheus.metrics.model.snapshots.MetricSnapshot> all = new ArrayList<>();
      counters.values().forEach(each -> all.add(each.build()));
      gauges.values().forEach(each -> all.add(each.build()));
      return new MetricSnapshots(all);
    }
  }
}
