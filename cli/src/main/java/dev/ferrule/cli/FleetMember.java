package dev.ferrule.cli;

import dev.ferrule.cli.FleetOptions.Begin;
import dev.ferrule.cli.FleetOptions.Told;
import dev.ferrule.cli.status.ShownFleet;
import dev.ferrule.fleet.Fleet;
import dev.ferrule.fleet.FleetStatus;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslTicketKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** This process as one of a fleet's servers. Any thread; the fleet has one of its own. */
final class FleetMember implements AutoCloseable {
  private final Fleet fleet;

  private FleetMember(Fleet fleet) {
    this.fleet = fleet;
  }

  /** The settings that options name, with the store and the secret. */
  static Fleet.Builder settings(FleetOptions options) {
    Fleet.Builder settings =
        Fleet.of(Objects.requireNonNull(options.store), Objects.requireNonNull(options.secret));
    if (options.name != null) {
      settings.name(options.name);
    }
    if (options.period != null) {
      settings.period(options.period);
    }
    if (options.clocks != null) {
      settings.clockDifference(options.clocks);
    }
    if (options.issuers != null) {
      settings.trust(options.issuers);
    }
    Path certificate = options.certificate;
    if (certificate != null) {
      Path key = options.key == null ? certificate : options.key;
      settings.credentials(Credentials.load(certificate, key));
    }
    return settings;
  }

  static FleetMember of(FleetOptions options, Begin how, @Nullable Duration lifetime, Told told) {
    Fleet.Builder settings =
        settings(options).onEvent(event -> told.event(word(event.kind()), event.message()));
    settings.ticketLifetime(lifetime == null ? FleetOptions.USUAL_LIFETIME : lifetime);
    return new FleetMember(how == Begin.VISITING ? settings.start() : settings.build());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  SslTicketKeys ticketKeys() {
    return fleet.ticketKeys();
  }

  ShownFleet shown() {
    FleetStatus status = fleet.status();
    Map<String, Long> events = new TreeMap<>();
    status.told().forEach((kind, number) -> events.put(word(kind), number));
    return new ShownFleet(
        word(status.state()),
        status.encrypting(),
        status.decrypting(),
        status.lastAnswer(),
        status.visits(),
        status.failures(),
        events);
  }

  @Override
  public void close() {
    fleet.close();
  }
}
