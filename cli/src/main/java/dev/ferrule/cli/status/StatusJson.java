package dev.ferrule.cli.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ferrule.cli.tunnel.EventLog;
import dev.ferrule.cli.tunnel.RecentEvents;
import dev.ferrule.cli.tunnel.TunnelStats;
import dev.ferrule.cli.tunnel.TunnelStats.Count;
import dev.ferrule.host.SafeText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.TreeMap;

/** {@code /status.json}, whose shape docs/tunnel.md tells. Any thread. */
final class StatusJson {
  private final Observed observed;
  private final EventLog log;
  private final Samples samples;
  private final RecentEvents events;
  private final Instant started;

  StatusJson(
      Observed observed, EventLog log, Samples samples, RecentEvents events, Instant started) {
    this.observed = observed;
    this.log = log;
    this.samples = samples;
    this.events = events;
    this.started = started;
  }

  byte[] bytes(Instant now) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("state", observed.state().name().toLowerCase(Locale.ROOT));
    root.put("time", now.toString());
    root.put("started", started.toString());
    root.put("log_lines_lost", log.dropped());
    ShownFleet fleet = observed.fleet();
    if (fleet != null) {
      fleet(fleet, now, root.putObject("fleet"));
    }
    ArrayNode tunnels = root.putArray("tunnels");
    observed.tunnels().forEach(each -> tunnel(each, now, tunnels.addObject()));
    ArrayNode curve = root.putArray("samples");
    samples.all().forEach(each -> sample(each, curve.addObject()));
    ArrayNode last = root.putArray("events");
    for (RecentEvents.Entry each : events.newestFirst()) {
      last.addObject()
          .put("time", each.at().toString())
          .put("event", each.event())
          .put("what", each.what());
    }
    return root.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void fleet(ShownFleet fleet, Instant now, ObjectNode to) {
    to.put("state", fleet.state());
    to.put("encrypting", fleet.encrypting());
    ArrayNode keys = to.putArray("decrypting");
    fleet.decrypting().forEach(keys::add);
    to.put("seconds_since_answer", fleet.secondsSinceAnswer(now));
    to.put("answers", fleet.visits());
    to.put("failures", fleet.failures());
    ObjectNode events = to.putObject("events");
    new TreeMap<>(fleet.events()).forEach(events::put);
  }

  private static void tunnel(Observed.Each each, Instant now, ObjectNode to) {
    TunnelStats stats = each.stats();
    to.put("name", SafeText.of(each.name()));
    to.put("side", each.side());
    to.put("address", each.address());
    to.putObject("connections")
        .put("open", each.open())
        .put("accepted", stats.of(Count.ACCEPTED))
        .put("refused", stats.of(Count.REFUSED))
        .put("unreachable", stats.of(Count.UNREACHABLE))
        .put("closed", stats.of(Count.CLOSED))
        .put("cut", stats.of(Count.CUT));
    ObjectNode failed =
        to.putObject("handshakes")
            .put("full", stats.of(Count.FULL_HANDSHAKES))
            .put("resumed", stats.of(Count.RESUMED_HANDSHAKES))
            .putObject("failed");
    stats.failedHandshakes().forEach((code, n) -> failed.put(SafeText.of(code), n));
    ObjectNode limited = to.putObject("limited");
    stats.limited().forEach(limited::put);
    to.putObject("bytes")
        .put("from_clients", stats.of(Count.BYTES_FROM_CLIENTS))
        .put("from_targets", stats.of(Count.BYTES_FROM_TARGETS));
    ArrayNode targets = to.putArray("targets");
    for (ShownTarget target : each.targets()) {
      targets.addObject().put("to", target.to()).put("up", target.up()).put("open", target.open());
    }
    ArrayNode certificates = to.putArray("certificates");
    for (ShownCertificate shown : ShownCertificate.leaves(each.chains())) {
      certificates
          .addObject()
          .put("subject", shown.subject())
          .put("not_after", shown.notAfter().toString())
          .put("days_left", shown.daysLeft(now))
          .put("sha256", shown.sha256());
    }
  }

  private static void sample(Samples.Sample each, ObjectNode to) {
    to.put("time", each.at().toString())
        .put("open", each.open())
        .put("accepted", each.accepted())
        .put("handshakes", each.handshakes())
        .put("failed", each.failed())
        .put("from_clients", each.fromClients())
        .put("from_targets", each.fromTargets());
  }
}
