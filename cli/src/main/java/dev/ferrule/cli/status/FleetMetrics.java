package dev.ferrule.cli.status;

import dev.ferrule.cli.status.TunnelMetrics.Families;
import java.time.Instant;
import java.util.List;

/** What is known of a process' fleet, in Prometheus' model. */
final class FleetMetrics {
  private static final List<String> STATES = List.of("alone", "waiting", "shared", "detached");

  private FleetMetrics() {}

  static void add(ShownFleet fleet, Instant now, Families all) {
    for (String state : STATES) {
      all.gauge(
          "ferrule_fleet_state",
          "1 for the state that the process has in its fleet, 0 for the others.",
          state.equals(fleet.state()) ? 1 : 0,
          "state",
          state);
    }
    if (fleet.encrypting() != null) {
      all.gauge(
          "ferrule_fleet_ticket_key_info",
          "The ticket key of the fleet that encrypts, by its name.",
          1,
          "key",
          fleet.encrypting());
    }
    all.gauge(
        "ferrule_fleet_ticket_keys",
        "Ticket keys of the fleet that decrypt.",
        fleet.decrypting().size());
    Double seconds = fleet.secondsSinceAnswer(now);
    if (seconds != null) {
      all.gauge(
          "ferrule_fleet_answer_age_seconds", "Time since the fleet's store answered.", seconds);
    }
    all.counter("ferrule_fleet_answers", "Visits that the store answered.", fleet.visits());
    all.counter("ferrule_fleet_failures", "Visits that it did not answer.", fleet.failures());
    fleet
        .events()
        .forEach((kind, number) ->
            all.counter(
                "ferrule_fleet_events", "Events of the fleet, by kind.", number, "kind", kind));
  }
}
