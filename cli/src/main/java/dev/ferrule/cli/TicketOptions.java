package dev.ferrule.cli;

import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslReloadEvent;
import dev.ferrule.ssl.SslTicketFile;
import dev.ferrule.ssl.SslTicketKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The options of session tickets. Keys that are made or watched here stay when a context is loaded
 * again, so that this costs no session.
 */
final class TicketOptions {
  /** How often keys change: a server that is hours off still agrees. */
  private static final Duration PERIOD = Duration.ofHours(12);

  private static final Duration LONGEST_PERIOD = Duration.ofDays(365);

  private @Nullable Path file;
  private @Nullable Path secret;
  private @Nullable Duration period;
  private @Nullable Duration lifetime;
  private @Nullable Integer number;
  private @Nullable SslTicketFile watched;
  private @Nullable SslTicketKeys kept; // over reloads, which end no session
  private @Nullable SslTicketKeys ofFleet;

  void describe(Description command) {
    command
        .file(
            "--ticket-keys",
            "FILE",
            path -> file = path,
            "Keys of session tickets, for servers that resume each other's sessions: 48 bytes each,"
                + " one behind the other, as nginx has them. The first encrypts, all decrypt. --watch"
                + " and SIGHUP read it again; a key that is gone decrypts for the tickets' lifetime.")
        .file(
            "--ticket-secret",
            "FILE",
            path -> secret = path,
            "At least 32 random bytes that keys of session tickets are derived from, on all servers"
                + " with the same file, rotation and time.")
        .text(
            "--ticket-rotation",
            "TIME",
            time -> period = DurationText.parse("--ticket-rotation", time, LONGEST_PERIOD),
            "How often the keys of tickets change that are derived from a secret, or random without"
                + " one; 12h unless said, from 1s to 8760h.")
        .text(
            "--ticket-lifetime",
            "TIME",
            time -> lifetime = DurationText.parse("--ticket-lifetime", time, Duration.ofDays(7)),
            "How long a session can be resumed, such as 30m or 24h; from 1s to 168h.")
        .value(
            "--tickets",
            "N",
            int.class,
            n -> number = n,
            "How many tickets a client of TLS 1.3 gets, where the provider can give so many; with 0"
                + " none.");
  }

  /** What is wrong with them; null when nothing is. */
  @Nullable String contradiction() {
    if (file != null && secret != null) {
      return "--ticket-keys and --ticket-secret contradict each other";
    }
    return file != null && period != null
        ? "--ticket-keys and --ticket-rotation contradict each other: change the file, and --watch it"
        : null;
  }

  /** What contradicts a fleet, which has keys of its own; null when nothing does. */
  @Nullable String besideFleet() {
    if (file != null) {
      return "--fleet and --ticket-keys contradict each other: one of them has the keys";
    } else if (secret != null) {
      return "--fleet and --ticket-secret contradict each other: without its Redis a fleet derives"
          + " keys from --fleet-secret";
    }
    return period != null
        ? "--fleet and --ticket-rotation contradict each other: the keys of a fleet change by"
            + " --fleet-rotation"
        : null;
  }

  /** How long tickets live; null where the provider decides. */
  @Nullable Duration lifetime() {
    return lifetime;
  }

  /** Takes these keys, of a fleet; null for none. */
  void use(@Nullable SslTicketKeys keys) {
    ofFleet = keys;
  }

  /** The name of an option that was given; null when none was. */
  @Nullable String given() {
    if (file != null) {
      return "--ticket-keys";
    } else if (secret != null) {
      return "--ticket-secret";
    } else if (period != null) {
      return "--ticket-rotation";
    } else if (lifetime != null) {
      return "--ticket-lifetime";
    }
    return number == null ? null : "--tickets";
  }

  /** Whether there is a file of keys. */
  boolean hasFile() {
    return file != null;
  }

  /**
   * Reads the file of keys, if there is one, before the first {@link #apply}.
   *
   * @param interval how often to look at it; null for {@link #reload} only
   */
  void open(@Nullable Duration interval, Consumer<SslReloadEvent> told) {
    if (file != null) {
      SslTicketFile.Builder settings = SslTicketFile.of(file).onEvent(told);
      watched = interval == null ? settings.build() : settings.interval(interval).start();
    }
  }

  /** Reads the file of keys again. */
  void reload() {
    if (watched != null) {
      watched.reload();
    }
  }

  void close() {
    if (watched != null) {
      watched.close();
    }
  }

  /** On any thread that builds a context, one at a time. */
  void apply(SslContextBuilder ssl) {
    SslTicketKeys keys = keys();
    if (keys != null) {
      ssl.ticketKeys(keys);
    }
    if (lifetime != null) {
      ssl.ticketLifetime(lifetime);
    }
    if (number != null) {
      ssl.tickets(number);
    }
  }

  private @Nullable SslTicketKeys keys() {
    if (watched != null) {
      return watched.keys();
    } else if (ofFleet != null) {
      return ofFleet;
    }
    if (kept == null && secret != null) {
      kept =
          SslTicketKeys.derived(
              secret, period == null ? PERIOD : period, SslTicketKeys.Readers.OWNER_AND_GROUP);
    } else if (kept == null && period != null) {
      kept = SslTicketKeys.rotated(period);
    }
    return kept;
  }
}
