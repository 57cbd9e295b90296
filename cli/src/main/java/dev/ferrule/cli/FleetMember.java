package dev.ferrule.cli;

import dev.ferrule.cli.FleetOptions.Begin;
import dev.ferrule.cli.FleetOptions.Told;
import dev.ferrule.cli.status.ShownFleet;
import dev.ferrule.fleet.Fleet;
import dev.ferrule.fleet.FleetCertificate;
import dev.ferrule.fleet.FleetClient;
import dev.ferrule.fleet.FleetStatus;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslTicketKeys;
import dev.ferrule.ssl.trust.OcspResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** This process as one of a fleet's servers. Any thread; the fleet has one of its own. */
final class FleetMember implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration SLICE = Duration.ofMillis(20);

  private final Fleet fleet;
  private final boolean visits;

  private final Map<SslReload, List<String>> followers = new ConcurrentHashMap<>();

  private FleetMember(Fleet.Builder settings, Begin how) {
    settings.onCertificate(this::reload).shows(this::shownCertificates);
    fleet = how == Begin.VISITING ? settings.start() : settings.build();
    visits = how == Begin.VISITING;
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

  /** A look into the fleet. */
  static FleetClient connect(FleetOptions options) {
    return settings(options).timeout(PATIENCE).connect();
  }

  static FleetMember of(FleetOptions options, Begin how, @Nullable Duration lifetime, Told told) {
    Fleet.Builder settings =
        settings(options).onEvent(event -> told.event(word(event.kind()), event.message()));
    settings.ticketLifetime(lifetime == null ? FleetOptions.USUAL_LIFETIME : lifetime);
    return new FleetMember(settings, how);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Asks for them, and waits until the store has answered or failed, a while at most. */
  void want(List<String> names) {
    List<FleetCertificate> all = names.stream().map(fleet::certificate).toList();
    FleetStatus before = fleet.status();
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (FleetCertificate each : all) {
      while (visits && !each.await(SLICE) && System.nanoTime() - end < 0) {
        FleetStatus now = fleet.status();
        if (now.failures() > before.failures() || now.visits() > before.visits() + 1) {
          break; // the first visit may have begun before it was asked for
        }
      }
    }
  }

  /** False when none of them is known. */
  boolean show(List<String> names, SslContextBuilder ssl) {
    List<FleetCertificate> known =
        names.stream().map(fleet::certificate).filter(FleetCertificate::isKnown).toList();
    if (known.isEmpty() && !visits) {
      ssl.credentials(SelfSigned.forLocalhost()); // only to check the other settings
      return true;
    } else if (known.isEmpty()) {
      return false;
    }
    List<Credentials> all = known.stream().map(FleetCertificate::credentials).toList();
    ssl.credentials(all.getFirst(), all.subList(1, all.size()).toArray(Credentials[]::new));
    for (FleetCertificate each : known) {
      each.staple().filter(staple -> isAlive(staple, each)).ifPresent(ssl::ocspStaple);
    }
    return true;
  }

  /** One that has run out would keep the certificate from being served. */
  private static boolean isAlive(byte[] staple, FleetCertificate of) {
    try {
      Instant until = OcspResponse.parse(staple).until(of.credentials().chain().getFirst());
      return until == null || Instant.now().isBefore(until);
    } catch (IOException e) {
      return false;
    }
  }

  void follow(List<String> names, SslReload reload) {
    followers.put(reload, names);
    Set<X509Certificate> shown = Set.copyOf(leaves(reload));
    if (names.stream()
        .map(fleet::certificate)
        .filter(FleetCertificate::isKnown)
        .anyMatch(each -> !shown.contains(each.credentials().chain().getFirst()))) {
      reload.reload(); // it has come since the context was made
    }
  }

  void forget(SslReload reload) {
    followers.remove(reload);
  }

  private void reload(String name) {
    followers.forEach((reload, names) -> {
      if (names.contains(name)) {
        reload.reload();
      }
    });
  }

  private List<X509Certificate> shownCertificates() {
    return followers.keySet().stream()
        .flatMap(reload -> leaves(reload).stream())
        .distinct()
        .toList();
  }

  private static List<X509Certificate> leaves(SslReload reload) {
    return reload.context().chains().stream().map(List::getFirst).toList();
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
