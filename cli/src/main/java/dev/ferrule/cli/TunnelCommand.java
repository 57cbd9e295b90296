package dev.ferrule.cli;

import dev.ferrule.LoopSetup;
import dev.ferrule.cli.status.Observed;
import dev.ferrule.cli.tunnel.EventLog;
import dev.ferrule.cli.tunnel.LogFile;
import dev.ferrule.cli.tunnel.Setting.Side;
import dev.ferrule.ssl.SslReload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code ferrule tunnel}: SSL in front of a server that has none, or for a client that has none.
 */
final class TunnelCommand implements Callable<Integer> {
  private static final Duration WATCHED_EVERY = Duration.ofSeconds(1);
  private static final Duration LONGEST_DRAIN = Duration.ofHours(24);

  private final Stdio stdio;
  private CommandSpec spec = CommandSpec.create(); // until it is described
  private final TunnelOptions alone = new TunnelOptions();
  private final SharedOptions shared = new SharedOptions();
  private final Systemd systemd = Systemd.of(System.getenv(), ProcessHandle.current().pid());
  private @Nullable Path config;
  private @Nullable List<String> ofProcess; // the file's options of the process
  private boolean check;
  private boolean watch;
  private @Nullable Path logFile;
  private EventLog.Format logFormat = EventLog.Format.text;
  private int logRate = 100;
  private int logSize = 64;
  private Duration drain = Duration.ofSeconds(30);
  private @Nullable Path handOver;
  private final StatusOption status = new StatusOption();
  private final FleetOptions fleet = new FleetOptions();

  TunnelCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    Description command = new Description("tunnel", this);
    spec = command.spec();
    command
        .about(
            "Puts SSL in front of a server that has none, or gives it to a client that has none.",
            "%nFor each client it connects to a target, and passes on what the two send, with"
                + " half closes kept; an end that was cut is passed on as a cut. Without"
                + " --client it speaks SSL with clients, with --client with targets.%n"
                + "%nIt runs until SIGTERM or Ctrl-C: then it stops listening, lets connections"
                + " end by themselves, cuts those that are left after --drain, and exits with 0."
                + " A second Ctrl-C ends it at once. SIGHUP loads certificates, keys, issuers,"
                + " revocation lists and ticket keys again, as --watch does when they change,"
                + " and opens the log anew; what is worse than before is refused, with a line"
                + " that says why. When all tunnels listen, each has a line on standard output:",
            "  READY 127.0.0.1:8443 provider=boringssl poller=epoll",
            "")
        .exits(
            " 0:asked to stop, and stopped",
            " 1:it cannot listen there, or something unexpected happened",
            "64:wrong usage, or a file or setting that cannot work",
            "130:asked to stop a second time, and ended at once")
        .examples(
            "  ferrule tunnel --listen 127.0.0.1:8443 --to 127.0.0.1:5432 --cert chain.pem --key"
                + " key.pem",
            "  ferrule tunnel --client --listen 127.0.0.1:5432 --to db.example.com:8443 --ca"
                + " ca.pem",
            "  ferrule tunnel --listen '*:5432' --to unix:/run/postgres.sock --starttls postgres"
                + " --cert chain.pem",
            "  ferrule tunnel --listen '*:8443' --to 10.0.0.7:80 --to 10.0.0.8:80 --cert chain.pem"
                + " --watch",
            "  ferrule tunnel --listen '*:8443' --to web:80 --cert c.pem --client-ca ca.pem --allow"
                + " 'dns=*.lan'",
            "  ferrule tunnel --listen '*:443' --passthrough --route '*.example.com=10.0.0.7:443'",
            "  ferrule tunnel --listen '*:8443' --to web:80 --cert c.pem --fleet redis://db"
                + " --fleet-secret s.key",
            "  ferrule tunnel --config tunnels.toml --check",
            "  ferrule tunnel --config tunnels.toml --status 127.0.0.1:9090",
            "  ferrule tunnel --config tunnels.toml --hand-over /run/ferrule/hand-over");
    ofProcess(command);
    command.file(
        "--config",
        "FILE",
        file -> config = file,
        "Read tunnels from this TOML file: a table [tunnel.NAME] for each, with these options as its"
            + " keys; options of the process stand above them.");
    command.flag(
        "--check", on -> check = on, "Only check the options, the file and what they name.");
    alone.describe(command);
    shared.verbosity.describe(command);
    return command;
  }

  /** What the process has once, also in a file. */
  private void ofProcess(Description command) {
    command
        .flag(
            "--watch",
            on -> watch = on,
            "Look at the files of certificates, keys, issuers, revocation lists and ticket keys every"
                + " second, and load them again when they change.")
        .text(
            "--drain",
            "TIME",
            time -> drain = DurationText.parse("--drain", time, LONGEST_DRAIN),
            "How long connections may go on after SIGTERM; 30s unless said.")
        .file(
            "--hand-over",
            "PATH",
            path -> handOver = path,
            "Take over from the process that serves this Unix-domain socket, if there is one, and"
                + " serve it for the next: no client is refused or cut between the two (Linux).")
        .file(
            "--log",
            "FILE",
            file -> logFile = file,
            "Append the log to this file, not to standard error.")
        .value(
            "--log-format",
            "FORM",
            EventLog.Format.class,
            format -> logFormat = format,
            "text (the default) or json, one object a line.")
        .value(
            "--log-rate",
            "N",
            int.class,
            n -> logRate = n,
            "Lines about single connections a second, ten times as many at once; 100 unless said. A"
                + " line says how many were left out.")
        .value(
            "--log-size",
            "MIB",
            int.class,
            n -> logSize = n,
            "A log file of this size becomes FILE.1, and a new one begins; 64 unless said.");
    status.describe(command);
    fleet.describe(command);
    shared.describeLoops(command);
  }

  @Override
  public Integer call() {
    String beside = config == null ? null : ofTunnel();
    if (beside != null) {
      throw new ToolError(
          Exit.USAGE, "--config has the tunnels: leave " + beside + " and the like to the file");
    }
    Map<String, TunnelOptions> tunnels = config == null ? ofCommandLine() : ofFile(config);
    requireBounds();
    requireFleet(tunnels);
    if (check && logFile != null) {
      requireLog(logFile);
    }
    LoopSetup loops = shared.loops();
    String poller = shared.chosenPoller().name();
    try (EventLog log = log();
        FleetOptions joined = fleet;
        TunnelService service = new TunnelService(log, watch ? WATCHED_EVERY : null, joined)) {
      join(tunnels, log);
      service.load(tunnels);
      if (check) {
        stdio
            .text()
            .println("OK " + tunnels.size() + (tunnels.size() == 1 ? " tunnel" : " tunnels"));
        return Exit.CLEAN;
      }
      run(service, loops, poller, log);
    }
    return Exit.CLEAN;
  }

  /** An option of the command line that is a tunnel's; null when there is none. */
  private @Nullable String ofTunnel() {
    Description tunnel = new Description("tunnel", this);
    new TunnelOptions().describe(tunnel);
    return tunnel.spec().options().stream()
        .map(OptionSpec::longestName)
        .filter(spec.commandLine().getParseResult()::hasMatchedOption)
        .findFirst()
        .orElse(null);
  }

  private Map<String, TunnelOptions> ofCommandLine() {
    String wrong = contradiction(alone);
    if (wrong != null) {
      throw new ToolError(Exit.USAGE, wrong);
    }
    return Map.of("tunnel", alone);
  }

  private Map<String, TunnelOptions> ofFile(Path file) {
    TunnelFile read = TunnelFile.read(file);
    if (ofProcess == null) {
      Description process = new Description("tunnel", this);
      ofProcess(process);
      read.process(process);
      ofProcess = read.processArguments();
    }
    Map<String, TunnelOptions> tunnels = new LinkedHashMap<>();
    for (String name : read.names()) {
      TunnelOptions options = new TunnelOptions();
      Description described = new Description("tunnel", this);
      options.describe(described);
      read.tunnel(name, described);
      options.madeOf(read.arguments(name));
      String wrong = contradiction(options);
      if (wrong != null) {
        throw new ToolError(Exit.USAGE, file + " [tunnel." + name + "]: " + wrong);
      }
      tunnels.put(name, options);
    }
    TunnelAddresses.check(tunnels);
    if (!read.processArguments().equals(ofProcess)) {
      throw new ToolError(
          Exit.USAGE, file + ": the options above the tunnels have changed, which needs a restart");
    }
    return tunnels;
  }

  private @Nullable String contradiction(TunnelOptions tunnel) {
    String wrong = tunnel.contradiction();
    return wrong == null ? tunnel.beside(fleet) : wrong;
  }

  private void requireFleet(Map<String, TunnelOptions> tunnels) {
    String wrong = fleet.contradiction();
    if (wrong == null
        && fleet.areGiven()
        && tunnels.values().stream().noneMatch(each -> each.side() == Side.SERVER)) {
      wrong = "--fleet has no meaning here: no tunnel takes SSL from clients";
    }
    if (wrong != null) {
      throw new ToolError(Exit.USAGE, config == null ? wrong : config + ": " + wrong);
    }
  }

  /** A fleet keeps keys for as long as any tunnel's tickets live. */
  private void join(Map<String, TunnelOptions> tunnels, EventLog log) {
    Duration lifetime =
        tunnels.values().stream()
            .filter(each -> each.side() == Side.SERVER)
            .map(TunnelOptions::ticketLifetime)
            .map(asked -> asked == null ? FleetOptions.USUAL_LIFETIME : asked)
            .max(Comparator.naturalOrder())
            .orElse(FleetOptions.USUAL_LIFETIME);
    fleet.begin(
        check ? FleetOptions.Begin.CHECKING : FleetOptions.Begin.VISITING,
        lifetime,
        (kind, message) -> log.tell("fleet", "kind", kind, "what", message));
  }

  private void requireBounds() {
    if (logRate < 1) {
      throw new ToolError(Exit.USAGE, "--log-rate is at least 1, not " + logRate);
    } else if (logSize < 1) {
      throw new ToolError(Exit.USAGE, "--log-size is at least 1, not " + logSize);
    }
  }

  private static void requireLog(Path file) {
    try {
      LogFile.requireFolder(file);
    } catch (IOException e) {
      throw noLog(file, e);
    }
  }

  private static ToolError noLog(Path file, IOException e) {
    return new ToolError(Exit.USAGE, "--log " + file + " cannot be opened: " + e, e);
  }

  private EventLog log() {
    EventLog.Sink toErr = line -> stdio.err().println(line);
    EventLog.Sink told = line -> stdio.err().println("ferrule: " + line);
    try {
      EventLog.Sink sink =
          logFile == null || check ? toErr : new LogFile(logFile, (long) logSize << 20);
      return new EventLog(logFormat, logRate, InstantSource.system(), sink, told);
    } catch (IOException e) {
      throw noLog(Objects.requireNonNull(logFile), e);
    }
  }

  // ---- running them

  private void run(TunnelService service, LoopSetup loops, String poller, EventLog log) {
    AtomicInteger toOpen = new AtomicInteger(shared.loops);
    Watchdog watchdog = new Watchdog(systemd, shared.loops);
    try (FileWatch watched = new FileWatch();
        Succession succession =
            Succession.begin(handOver, service, status, shared.chosenPoller(), log);
        status) {
      if (!succession.takesOver()) {
        status.open(service, log); // else it is the other's until that accepts no more
      }
      loops.run(loop -> {
        service.open(loop);
        watchdog.watch(loop);
        if (toOpen.decrementAndGet() == 0) {
          succession.listens(
              loop,
              () -> {
                service.ready();
                Signals.onHangUp(() -> hungUp(service, log));
                Signals.onStop(() -> stop(service, succession));
                if (watch && config != null) {
                  watched.begin(config, WATCHED_EVERY, () -> configure(service, log));
                }
                tellReady(service, poller, status.line());
                systemd.ready(serving(service));
              });
        }
      });
    }
  }

  private void tellReady(TunnelService service, String poller, @Nullable String statusLine) {
    for (TunnelService.Running each : service.all()) {
      SslReload reload = each.loaded().reload();
      String name = each.loaded().name();
      stdio
          .text()
          .println(
              "READY "
                  + service.address(name)
                  + " provider="
                  + (reload == null ? "none" : reload.context().provider())
                  + " poller="
                  + poller
                  + (config == null ? "" : " tunnel=" + name));
    }
    if (statusLine != null) {
      stdio.text().println(statusLine);
    }
    stdio.check(); // a script that waits for the READY line would wait for ever
  }

  private static String serving(TunnelService service) {
    int tunnels = service.all().size();
    return tunnels == 1 ? "1 tunnel listens" : tunnels + " tunnels listen";
  }

  private void stop(TunnelService service, Succession succession) {
    if (!succession.isHandedOver()) {
      systemd.stopping(); // else the process that it knows is another
    }
    succession.close();
    service.stop(drain, succession.isOffered());
  }

  private void hungUp(TunnelService service, EventLog log) {
    log.reopen();
    if (service.state() == Observed.State.DRAINING) {
      return;
    }
    systemd.reloading();
    if (config == null) {
      service.loadAgain();
    } else {
      configure(service, log);
    }
    systemd.ready(serving(service));
  }

  /** Takes over what the file says now; a mistake in it changes no tunnel. */
  private synchronized void configure(TunnelService service, EventLog log) {
    Path file = config;
    if (file == null) {
      return;
    }
    try {
      service.change(ofFile(file));
    } catch (RuntimeException e) {
      log.tell("not-configured", "what", e.getMessage());
      service.loadAgain();
    }
  }
}
