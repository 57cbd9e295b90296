package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopGroup;
import dev.ferrule.LoopSetup;
import dev.ferrule.cli.tunnel.EventLog;
import dev.ferrule.cli.tunnel.Health;
import dev.ferrule.cli.tunnel.LogFile;
import dev.ferrule.cli.tunnel.Setting;
import dev.ferrule.cli.tunnel.Setting.Side;
import dev.ferrule.cli.tunnel.Tunnel;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslFinding;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReloadEvent;
import dev.ferrule.ssl.SslServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * {@code ferrule tunnel}: SSL in front of a server that has none, or for a client that has none.
 */
final class TunnelCommand implements Callable<Integer> {
  private static final Duration WATCHED_EVERY = Duration.ofSeconds(1);
  private static final Duration LONGEST_DRAIN = Duration.ofHours(24);

  private final Stdio stdio;
  private final TunnelOptions alone = new TunnelOptions();
  private final SharedOptions shared = new SharedOptions();
  private @Nullable Path config;
  private boolean check;
  private boolean watch;
  private @Nullable Path logFile;
  private EventLog.Format logFormat = EventLog.Format.text;
  private int logRate = 100;
  private int logSize = 64;
  private Duration drain = Duration.ofSeconds(30);

  TunnelCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    Description command =
        new Description("tunnel", this)
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
                "64:wrong usage, or a file or setting that cannot work")
            .examples(
                "  ferrule tunnel --listen 127.0.0.1:8443 --to 127.0.0.1:5432 --cert chain.pem --key"
                    + " key.pem",
                "  ferrule tunnel --client --listen 127.0.0.1:5432 --to db.example.com:8443 --ca"
                    + " ca.pem",
                "  ferrule tunnel --listen *:5432 --to unix:/run/postgres.sock --starttls postgres"
                    + " --cert chain.pem",
                "  ferrule tunnel --listen *:8443 --to 10.0.0.7:80 --to 10.0.0.8:80 --cert chain.pem"
                    + " --health 5s --watch",
                "  ferrule tunnel --listen *:8443 --to 10.0.0.7:80 --cert chain.pem --client-ca ca.pem"
                    + " --allow 'uri=spiffe://example.org/*'",
                "  ferrule tunnel --listen *:443 --passthrough --route www.example.com=10.0.0.7:443"
                    + " --route '*.example.com=10.0.0.8:443'",
                "  ferrule tunnel --config tunnels.toml --check");
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
    shared.describeLoops(command);
  }

  @Override
  public Integer call() {
    Map<String, TunnelOptions> tunnels = tunnels();
    requireBounds();
    requireSense(tunnels);
    LoopSetup loops = shared.loops();
    String poller = shared.chosenPoller().name();
    List<RunningTunnel> all = new ArrayList<>();
    EventLog log = log();
    try {
      tunnels.forEach((name, options) -> all.add(load(name, options, log)));
      if (check) {
        stdio.text().println("OK " + all.size() + (all.size() == 1 ? " tunnel" : " tunnels"));
        return Exit.CLEAN;
      }
      run(all, loops, poller, log);
    } finally {
      all.forEach(RunningTunnel::close);
      log.close();
    }
    return Exit.CLEAN;
  }

  private Map<String, TunnelOptions> tunnels() {
    if (config == null) {
      return Map.of("tunnel", alone);
    }
    if (!alone.isUntouched()) {
      throw new ToolError(
          Exit.USAGE, "--config has the tunnels: leave --listen, --to and the like to the file");
    }
    TunnelFile file = TunnelFile.read(config);
    Description process = new Description("tunnel", this);
    ofProcess(process);
    file.process(process);
    Map<String, TunnelOptions> tunnels = new LinkedHashMap<>();
    for (String name : file.names()) {
      TunnelOptions options = new TunnelOptions();
      Description described = new Description("tunnel", this);
      options.describe(described);
      file.tunnel(name, described);
      tunnels.put(name, options);
    }
    return tunnels;
  }

  private void requireBounds() {
    if (logRate < 1) {
      throw new ToolError(Exit.USAGE, "--log-rate is at least 1, not " + logRate);
    } else if (logSize < 1) {
      throw new ToolError(Exit.USAGE, "--log-size is at least 1, not " + logSize);
    }
  }

  private void requireSense(Map<String, TunnelOptions> tunnels) {
    tunnels.forEach((name, options) -> {
      String wrong = options.contradiction();
      if (wrong != null) {
        throw new ToolError(Exit.USAGE, config == null ? wrong : "[tunnel." + name + "]: " + wrong);
      }
    });
    TunnelAddresses.check(tunnels);
  }

  private EventLog log() {
    EventLog.Sink toErr = line -> stdio.err().println(line);
    EventLog.Sink told = line -> stdio.err().println("ferrule: " + line);
    try {
      EventLog.Sink sink =
          logFile == null || check ? toErr : new LogFile(logFile, (long) logSize << 20);
      return new EventLog(logFormat, logRate, InstantSource.system(), sink, told);
    } catch (IOException e) {
      throw new ToolError(Exit.USAGE, "--log " + logFile + " cannot be opened: " + e, e);
    }
  }

  private RunningTunnel load(String name, TunnelOptions options, EventLog log) {
    if (options.side() == Side.PASS) {
      return new RunningTunnel(options, new Tunnel(options.setting(name, null), log), null);
    }
    options.openTickets(watch ? WATCHED_EVERY : null, event -> reloaded(name, event, log));
    SslReload.Builder builder =
        SslReload.of(options::context).onEvent(event -> reloaded(name, event, log));
    List<Path> files = options.files();
    SslReload reload =
        watch && !files.isEmpty()
            ? builder.files(files.toArray(Path[]::new)).interval(WATCHED_EVERY).start()
            : builder.build();
    tellWeaknesses(name, reload.context(), log);
    Setting setting = options.setting(name, reload::context);
    return new RunningTunnel(options, new Tunnel(setting, log), reload);
  }

  private static void reloaded(String name, SslReloadEvent event, EventLog log) {
    String what =
        switch (event) {
          case SslReloadEvent.Reloaded _ -> "reloaded";
          case SslReloadEvent.Kept _ -> "not-reloaded";
          case SslReloadEvent.Expiry _, SslReloadEvent.StapleExpired _ -> "expiry";
        };
    log.tell(what, "tunnel", name, "what", event.message());
  }

  private void tellWeaknesses(String name, SslContext context, EventLog log) {
    for (SslFinding finding : Ssl.audit(context)) {
      if (finding.severity() != SslFinding.Severity.INFO && !shared.verbosity.quiet) {
        log.tell("weak", "tunnel", name, "code", finding.code(), "what", finding);
      }
    }
  }

  // ---- running them

  private void run(List<RunningTunnel> all, LoopSetup loops, String poller, EventLog log) {
    AtomicInteger toOpen = new AtomicInteger(shared.loops);
    Map<EventLoop, List<Tunnel.Share>> shares = new ConcurrentHashMap<>();
    loops.run(loop -> {
      List<Tunnel.Share> here = new ArrayList<>();
      for (RunningTunnel each : all) {
        Tunnel.Share share = each.tunnel().listen(loop);
        if (each.reload() != null && share.server() instanceof SslServer server) {
          each.reload().supply(server);
        }
        here.add(share);
      }
      shares.put(loop, here);
      if (toOpen.decrementAndGet() == 0) {
        begin(all, here, loop, poller, log);
        Signals.onStop(() -> stop(loop.group(), shares, log));
      }
    });
  }

  private void begin(
      List<RunningTunnel> all,
      List<Tunnel.Share> here,
      EventLoop loop,
      String poller,
      EventLog log) {
    Signals.onHangUp(() -> {
      log.reopen();
      all.forEach(RunningTunnel::loadAgain);
    });
    for (int i = 0; i < all.size(); i++) {
      RunningTunnel each = all.get(i);
      Duration health = each.options().health();
      if (health != null) {
        Health.begin(each.tunnel(), loop, health);
      }
      String provider = each.reload() == null ? "none" : each.reload().context().provider();
      stdio
          .text()
          .println(
              "READY "
                  + Target.shown(here.get(i).server().localAddress())
                  + " provider="
                  + provider
                  + " poller="
                  + poller
                  + (config == null ? "" : " tunnel=" + each.tunnel().setting().name()));
    }
    stdio.check(); // a script that waits for the READY line would wait for ever
  }

  private void stop(LoopGroup group, Map<EventLoop, List<Tunnel.Share>> shares, EventLog log) {
    log.tell("stopping", "drain-seconds", drain.toMillis() / 1000.0);
    try {
      group.execute(loop -> drain(loop, shares.getOrDefault(loop, List.of())));
    } catch (IllegalStateException e) {
      log.tell("stopped"); // the loops have ended by themselves
    }
  }

  /** A loop ends when its last connection has, or the time is over. */
  private void drain(EventLoop loop, List<Tunnel.Share> here) {
    AtomicInteger busy = new AtomicInteger(here.size());
    for (Tunnel.Share share : here) {
      share.drain(() -> {
        if (busy.decrementAndGet() == 0) {
          loop.exit();
        }
      });
    }
    loop.delay(
        drain,
        () -> {
          here.forEach(Tunnel.Share::cut);
          loop.exit();
        });
  }
}
