package dev.ferrule.cli;

import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslReload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code --fleet-cert}: certificates that a server or tunnel takes from its fleet. */
final class FleetCertOption {
  private List<String> names = List.of();
  private FleetOptions fleet = new FleetOptions(); // of no fleet, until there is one
  private @Nullable SslReload followed;

  void describe(Description command) {
    command.list(
        "--fleet-cert",
        "NAME",
        "",
        all -> names = all,
        "Show the certificate that was put into the fleet under this name (ferrule fleet put), and"
            + " the next one when it is put, if it is not worse. May be repeated, for several kinds"
            + " of keys. Until it is known those of --cert are shown.");
  }

  /** Whether a certificate was named. */
  boolean isGiven() {
    return !names.isEmpty();
  }

  /** What is wrong with it; null when nothing is. */
  @Nullable String contradiction(FleetOptions given) {
    return isGiven() && !given.areGiven()
        ? "--fleet-cert without --fleet: where does the certificate come from?"
        : null;
  }

  /** Asks for the certificates; they come from here from now on. */
  void join(FleetOptions joined) {
    fleet = joined;
    fleet.want(names);
  }

  /** Shows those that are known; false when none is. On any thread that builds a context. */
  boolean show(SslContextBuilder ssl) {
    return isGiven() && fleet.show(names, ssl);
  }

  /** Loads it again whenever the next one has come. */
  void follow(SslReload reload) {
    if (isGiven()) {
      followed = reload;
      fleet.follow(names, reload);
    }
  }

  void close() {
    if (followed != null) {
      fleet.forget(followed);
    }
  }

  /** That none is known, and there is no other to begin with. */
  ToolError nothingToShow() {
    return new ToolError(
        Exit.FAILED,
        "the fleet has no certificate '%s' for this server, or its Redis does not answer: put it (ferrule fleet put), or begin with one of --cert"
            .formatted(names.getFirst()));
  }
}
