package dev.ferrule.cli;

import dev.ferrule.LoopSetup;
import dev.ferrule.cli.Exit.Phase;
import dev.ferrule.cli.bench.Load;
import dev.ferrule.cli.bench.Reached;
import dev.ferrule.cli.bench.Site;
import dev.ferrule.cli.bench.Workload;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.Verify;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How {@code ferrule bench} connects: the options of that, and the first connection to a target.
 */
final class BenchTargets {
  private boolean insecure;
  private boolean plain;
  private @Nullable String serverName;
  private final TrustOptions trust = new TrustOptions("--ca");
  private final IdentityOptions identity = new IdentityOptions();
  private final WayOptions way = new WayOptions();
  private final SharedOptions shared;

  BenchTargets(SharedOptions shared) {
    this.shared = shared;
  }

  void describe(Description command) {
    command
        .flag("--plain", on -> plain = on, "No SSL at all.")
        .flag(
            "--insecure",
            on -> insecure = on,
            "Check nothing: anybody in between can read and change everything.")
        .text(
            "--server-name",
            "NAME",
            name -> serverName = name,
            "The name to ask for (SNI) and to verify, where it is not HOST.");
    trust.describe(command, "Trust the issuers in this file or folder, instead of the system's.");
    identity.describe(command);
    way.describe(command);
  }

  boolean isPlain() {
    return plain;
  }

  /** Checks how it is to be connected. */
  Way way() {
    return way.load();
  }

  /** Throws what contradicts itself. */
  void check(Target target) {
    String contradiction = contradiction(target);
    if (contradiction != null) {
      throw new ToolError(Exit.USAGE, contradiction);
    }
  }

  private @Nullable String contradiction(Target target) {
    if (insecure && shared.verify != null && shared.verify != SharedOptions.Check.none) {
      return "--insecure and --verify " + shared.verify + " contradict each other";
    }
    if (insecure && trust.namesIssuers()) {
      return "--insecure and --ca contradict each other: one of them says whom to trust";
    }
    String other = trust.contradiction();
    if (other == null) {
      other = way.contradiction(plain);
    }
    if (other != null) {
      return other;
    }
    if (plain) {
      String ssl = sslOnly();
      return ssl == null ? null : ssl + " has no meaning with --plain, which is without SSL";
    }
    if (target.unix() != null && serverName == null && verify() == Verify.CHAIN_AND_HOST) {
      return "a Unix-domain socket has no host name to verify: say it with --server-name, or choose"
          + " --verify chain or --insecure";
    }
    return null;
  }

  private @Nullable String sslOnly() {
    if (insecure) {
      return "--insecure";
    } else if (serverName != null) {
      return "--server-name";
    } else if (trust.given() != null) {
      return trust.given();
    } else if (identity.given() != null) {
      return identity.given();
    }
    return shared.sslOnly();
  }

  private Verify verify() {
    if (shared.verify != null) {
      return shared.verify.mode;
    }
    return insecure ? Verify.NONE : Verify.CHAIN_AND_HOST;
  }

  /** Connects once; a target that cannot be reached is a {@link ToolError}. */
  Reached reach(Target target, Load load, Way by) {
    if (!by.proxies().isEmpty() && target.unix() != null) {
      throw new ToolError(Exit.USAGE, "--proxy has no meaning with a Unix-domain socket");
    }
    Site site =
        new Site(
            target.toString(),
            target.host(),
            target.port(),
            target.unix(),
            serverName == null && target.unix() == null ? target.host() : serverName,
            plain ? null : contexts(load.workload()),
            by::apply);
    LoopSetup loop = shared.loops().loops(1);
    Reached reached;
    try {
      reached = Reached.of(site, load, by.proxies().isEmpty(), loop);
    } catch (IllegalArgumentException e) { // what the poller cannot set
      throw new ToolError(Exit.USAGE, String.valueOf(e.getMessage()), e);
    }
    EventError failure = reached.failure();
    if (failure != null) {
      Phase phase = reached.connected() ? Phase.SECURING : Phase.CONNECTING;
      throw new ToolError(Exit.of(failure, phase), failure.message(), failure);
    }
    return reached;
  }

  /** Handshakes are full ones, but where resuming is what is measured. */
  private Supplier<SslContext> contexts(Workload workload) {
    List<Credentials> shown = identity.loadOne();
    return () -> {
      SslContextBuilder ssl = SslContext.client();
      shared.apply(ssl);
      ssl.verify(verify());
      trust.apply(ssl);
      ssl.sessions(workload == Workload.RESUMED ? 1 : 0);
      IdentityOptions.show(shown, ssl);
      return ssl.build();
    };
  }
}
