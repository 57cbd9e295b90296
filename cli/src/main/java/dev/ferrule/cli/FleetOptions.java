package dev.ferrule.cli;

import dev.ferrule.cli.status.ShownFleet;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslTicketKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of a fleet of servers, and this process as one of them, once it has begun. Nothing of
 * the fleet's library is loaded without {@code --fleet}.
 */
final class FleetOptions implements AutoCloseable {
  private static final Duration LONGEST_PERIOD = Duration.ofDays(365);

  /** How long tickets live where nothing is said: of providers the longest. */
  static final Duration USUAL_LIFETIME = Duration.ofDays(2);

  @Nullable String store;
  @Nullable Path secret;
  @Nullable String name;
  @Nullable Duration period;
  @Nullable Duration clocks;
  @Nullable Path issuers;
  @Nullable Path certificate;
  @Nullable Path key;
  private volatile @Nullable FleetMember member;

  /** Hears what happens to the fleet. */
  interface Told {
    /** {@code kind} is one word, {@code message} one sentence. */
    void event(String kind, String message);
  }

  /** Whether the store is asked. */
  enum Begin {
    /** It is. */
    VISITING,
    /** It is not: settings and files are only checked. */
    CHECKING
  }

  /** Those of a server. */
  void describe(Description command) {
    describeStore(command);
    command
        .text(
            "--fleet-rotation",
            "TIME",
            time -> period = DurationText.parse("--fleet-rotation", time, LONGEST_PERIOD),
            "How often the fleet's ticket keys change; 12h unless said, at least 24s. As long a"
                + " server may be cut off from Redis.")
        .text(
            "--fleet-clocks",
            "TIME",
            time -> clocks = DurationText.parse("--fleet-clocks", time, Duration.ofHours(1)),
            "How far the clocks of machines differ that may become the fleet's Redis; 30s unless"
                + " said. A fleet's first key is used so much later.");
  }

  /** Where it is, and how to get in. */
  void describeStore(Description command) {
    command
        .text(
            "--fleet",
            "URL",
            url -> store = url,
            "Share the keys of session tickets with other servers by a Redis or Valkey:"
                + " rediss://USER:PASSWORD@HOST:PORT, perhaps with several hosts behind commas, of"
                + " which the master is used. Without it the server goes on with what it has.")
        .file(
            "--fleet-secret",
            "FILE",
            file -> secret = file,
            "At least 32 random bytes, on all servers of the fleet the same and in Redis never:"
                + " openssl rand -out FILE 32.")
        .text(
            "--fleet-name",
            "NAME",
            text -> name = text,
            "Which of several fleets of a Redis and secret; 'default' unless said.")
        .file(
            "--fleet-ca",
            "FILE",
            file -> issuers = file,
            "Issuers of the certificate of Redis (rediss), instead of those that Java trusts.")
        .file(
            "--fleet-client-cert",
            "FILE",
            file -> certificate = file,
            "Certificate to show to Redis (rediss).")
        .file(
            "--fleet-client-key",
            "FILE",
            file -> key = file,
            "Its private key, if it is not in the file of --fleet-client-cert.");
  }

  /** Whether there is a fleet. */
  boolean areGiven() {
    return store != null;
  }

  /** What is wrong with them; null when nothing is. */
  @Nullable String contradiction() {
    if (store == null) {
      String other = given();
      return other == null ? null : other + " without --fleet: where do the servers meet?";
    } else if (secret == null) {
      return "--fleet needs --fleet-secret: what stands in Redis is encrypted with it";
    }
    String tls =
        issuers != null ? "--fleet-ca" : certificate != null ? "--fleet-client-cert" : null;
    if (tls != null && store.startsWith("redis:")) {
      return tls + " is for TLS, and --fleet has a redis:// without it: write rediss://";
    }
    return key != null && certificate == null
        ? "--fleet-client-key without --fleet-client-cert: give both"
        : null;
  }

  /** The name of an option that was given; null when none was. */
  @Nullable String given() {
    if (store != null) {
      return "--fleet";
    } else if (secret != null) {
      return "--fleet-secret";
    } else if (name != null) {
      return "--fleet-name";
    } else if (period != null) {
      return "--fleet-rotation";
    } else if (clocks != null) {
      return "--fleet-clocks";
    } else if (issuers != null) {
      return "--fleet-ca";
    } else if (certificate != null) {
      return "--fleet-client-cert";
    }
    return key == null ? null : "--fleet-client-key";
  }

  /**
   * Joins the fleet, if there is one, without waiting for its store.
   *
   * @param lifetime how long tickets may live; null for {@link #USUAL_LIFETIME}
   */
  void begin(Begin how, @Nullable Duration lifetime, Told told) {
    if (areGiven()) {
      try {
        member = FleetMember.of(this, how, lifetime, told);
      } catch (NoClassDefFoundError e) {
        throw missing(e);
      }
    }
  }

  /** That this installation cannot do it. */
  static ToolError missing(NoClassDefFoundError e) {
    return new ToolError(
        Exit.USAGE,
        "--fleet needs ferrule-fleet and Jedis, which are not in this installation: "
            + e.getMessage(),
        e);
  }

  /** That what a tool needs to look into a fleet is not said; null when all is. */
  @Nullable String incomplete() {
    return areGiven() ? contradiction() : "--fleet is missing: where do the servers meet?";
  }

  /** Asks for certificates of the fleet, before anything {@link #show}s them. */
  void want(List<String> names) {
    FleetMember joined = member;
    if (joined != null && !names.isEmpty()) {
      joined.want(names);
    }
  }

  /** Shows those certificates of the fleet that are known; false when none is. */
  boolean show(List<String> names, SslContextBuilder ssl) {
    FleetMember joined = member;
    return joined != null && joined.show(names, ssl);
  }

  /** Loads it again when the next version of one of these certificates has come. */
  void follow(List<String> names, SslReload reload) {
    FleetMember joined = member;
    if (joined != null) {
      joined.follow(names, reload);
    }
  }

  /** Not any more. */
  void forget(SslReload reload) {
    FleetMember joined = member;
    if (joined != null) {
      joined.forget(reload);
    }
  }

  /** The fleet's keys; null without one. */
  @Nullable SslTicketKeys ticketKeys() {
    FleetMember joined = member;
    return joined == null ? null : joined.ticketKeys();
  }

  /** How it stands with the fleet; null without one. */
  @Nullable ShownFleet shown() {
    FleetMember joined = member;
    return joined == null ? null : joined.shown();
  }

  @Override
  public void close() {
    FleetMember joined = member;
    if (joined != null) {
      joined.close();
    }
  }
}
