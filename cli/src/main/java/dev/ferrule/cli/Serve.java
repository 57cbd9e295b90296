package dev.ferrule.cli;

import dev.ferrule.LoopSetup;
import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslFinding;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReloadEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** {@code ferrule serve}: a server to try things with, and to measure. */
final class Serve implements Callable<Integer> {
  private int port;
  private String address = "127.0.0.1";
  private Mode mode = Mode.ECHO;
  private boolean plain;
  private boolean watch;
  private final TrustOptions trust = new TrustOptions("--client-ca");
  private @Nullable ClientAuth clientAuth;
  private final IdentityOptions identity = new IdentityOptions();
  private final PskOptions psks = new PskOptions();
  private final ServerOptions served = new ServerOptions();
  private final TicketOptions tickets = new TicketOptions();
  private final FleetOptions fleet = new FleetOptions();
  private final FleetCertOption fleetCert = new FleetCertOption();
  private final SharedOptions shared = new SharedOptions();
  private final RecordingOptions recording = new RecordingOptions();
  private final StatusOption status = new StatusOption();
  private @Nullable StartTls startTls;

  private static final Duration WATCHED_EVERY = Duration.ofSeconds(1);

  private final Stdio stdio;
  private @Nullable Credentials made;
  private volatile @Nullable ServeStatus observer;

  Serve(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    Description command =
        new Description("serve", this)
            .about(
                "Serves, to try things with and to measure.",
                "%nIt serves until SIGTERM or Ctrl-C: then it stops listening, sends what is"
                    + " queued, says goodbye on each connection, and exits with 0, after 5 seconds"
                    + " at the latest. A second Ctrl-C ends it at once. SIGHUP loads the files of"
                    + " --cert, --key, --password-file, --client-ca, --crl, --name, --staple and"
                    + " --ticket-keys again, as --watch"
                    + " does when they change: new connections get what they hold, or a line on"
                    + " standard error says why not. The first line on standard output says where"
                    + " it listens:",
                "  READY 127.0.0.1:8443 provider=boringssl poller=epoll",
                "")
            .exits(
                " 0:asked to stop, and stopped",
                " 1:it cannot listen there, or something unexpected happened",
                "64:wrong usage, or a file or setting that cannot work",
                "130:asked to stop a second time, and ended at once")
            .examples(
                "  ferrule serve --port 8443                # echo, with a certificate made on the"
                    + " spot",
                "  ferrule serve --port 8443 --cert chain.pem --key key.pem --mode line",
                "  ferrule serve --port 0 --mode source --ciphers ECDHE+AESGCM",
                "  ferrule serve --port 8443 --loops 4             # on four threads",
                "  ferrule serve --port 8443 --policy intermediate --post-quantum prefer",
                "  ferrule serve --port 8443 --name 'www.example.com=www.pem' --strict-names",
                "  ferrule serve --port 8443 --ticket-keys keys    # made by: openssl rand -out"
                    + " keys 48",
                "  ferrule serve --port 8443 --fleet rediss://redis.example.com:6379"
                    + " --fleet-secret fleet.secret",
                "  ferrule serve --port 8443 --cert chain.pem --key key.pem --watch",
                "  ferrule serve --port 8443 --client-ca ca.pem    # clients must show a"
                    + " certificate",
                "  ferrule serve --port 8443 --client-ca ca.pem --crl ca.crl --strict-crl --watch",
                "  ferrule serve --port 8443 --cert rsa.pem --cert ec.pem    # the kind that each"
                    + " client can verify",
                "  ferrule serve --port 2525 --starttls smtp",
                "  ferrule serve --port 8443 --status 127.0.0.1:9090",
                "  ferrule serve --port 8443 --proxied-by 127.0.0.1    # behind HAProxy's"
                    + " send-proxy",
                "  ferrule serve --port 7000 --bind 0.0.0.0 --plain --mode sink");
    options(command);
    trust.describe(
        command, "Issuers of the certificates that clients show; they must, unless said.");
    identity.describe(command);
    psks.describe(command);
    served.describe(command);
    tickets.describe(command);
    fleet.describe(command);
    fleetCert.describe(command);
    shared.describe(command);
    recording.describe(command);
    status.describe(command);
    return command;
  }

  private void options(Description command) {
    command
        .required(
            "-p --port", "P", int.class, n -> port = n, "Port to listen on; 0 takes a free one.")
        .text(
            "--bind",
            "A",
            where -> address = where,
            "Address to listen on; 127.0.0.1 unless said, * is every address.")
        .value(
            "--mode",
            "MODE",
            Mode.class,
            what -> mode = what,
            "echo: send back what comes (the default); source: send without end; sink: read and"
                + " forget; line: answer with a line, and close.")
        .flag("--plain", on -> plain = on, "No SSL at all.")
        .value(
            "--starttls",
            "PROTOCOL",
            StartTls.class,
            protocol -> startTls = protocol,
            "Begin in plain text and answer as this protocol does, until the client asks for TLS;"
                + " the mode goes on inside: ${COMPLETION-CANDIDATES}. All but mysql.")
        .flag(
            "--watch",
            on -> watch = on,
            "Look at the files of certificates, keys, issuers, revocation lists and ticket keys"
                + " every second, and load them again when they change. It says when certificates"
                + " expire, too.")
        .value(
            "--client-auth",
            "HOW",
            ClientAuth.class,
            how -> clientAuth = how,
            "Whether clients show a certificate: none, optional, required.");
  }

  @Override
  public Integer call() {
    if (port < 0 || port > 65535) {
      throw new ToolError(Exit.USAGE, "--port is a number from 0 to 65535, not " + port);
    }
    String contradiction = contradiction();
    if (contradiction != null) {
      throw new ToolError(Exit.USAGE, contradiction);
    }
    LoopSetup loops = shared.loops();
    String poller = shared.chosenPoller().name();
    recording.open();
    try {
      serve(loops, poller);
    } finally {
      recording.close(stdio);
    }
    return Exit.CLEAN;
  }

  private void serve(LoopSetup loops, String poller) {
    try (FleetOptions joined = fleet) {
      joined.begin(FleetOptions.Begin.VISITING, tickets.lifetime(), this::ofFleet);
      tickets.use(joined.ticketKeys());
      fleetCert.join(joined);
      serve(loops, poller, plain ? null : reload());
    }
  }

  private void serve(LoopSetup loops, String poller, @Nullable SslReload reload) {
    try (ServeStatus told = status.isWanted() ? new ServeStatus(reload, fleet) : null;
        status) {
      observer = told;
      if (told != null) {
        status.open(told, told.log());
        String warning = status.warning();
        if (warning != null) {
          note(warning);
        }
      }
      String host = address.equals("*") ? null : address;
      var listening = new ServeRun.Listening(host, port, mode, startTls, status.line());
      new ServeRun(stdio, shared.verbosity, listening, served, recording, reload, told)
          .run(loops, shared.loops, poller);
    } finally {
      if (reload != null) {
        reload.close();
      }
      tickets.close();
    }
  }

  private SslReload reload() {
    List<Path> files = files();
    tickets.open(watch ? WATCHED_EVERY : null, this::reloaded);
    SslReload.Builder reload = SslReload.of(this::context).onEvent(this::reloaded);
    SslReload loaded =
        watch
            ? reload.files(files.toArray(Path[]::new)).interval(WATCHED_EVERY).start()
            : reload.build();
    fleetCert.follow(loaded);
    shared.tellLeftOut(loaded.context(), trust, stdio);
    if (!shared.verbosity.quiet) {
      tellWeaknesses(loaded.context());
    }
    Signals.onHangUp(() -> hungUp(files.isEmpty() ? null : loaded));
    return loaded;
  }

  private void hungUp(@Nullable SslReload context) {
    tickets.reload();
    if (context != null) {
      context.reload();
    }
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>(identity.files());
    files.addAll(psks.files());
    files.addAll(served.files());
    files.addAll(trust.files());
    return files;
  }

  private void reloaded(SslReloadEvent event) {
    stdio.err().println("ferrule: " + event.message());
    ServeStatus told = observer;
    if (told != null) {
      told.reloaded(event);
    }
  }

  private void ofFleet(String kind, String message) {
    note("fleet: " + message);
    ServeStatus told = observer;
    if (told != null) {
      told.ofFleet(kind, message);
    }
  }

  private @Nullable String contradiction() {
    if (watch && !plain && files().isEmpty() && !tickets.hasFile()) {
      return "--watch without --cert, --client-ca, --crl, --name, --psk-file or --ticket-keys: there is"
          + " no file to watch";
    }
    if (startTls != null && startTls.limitation() != null) {
      return startTls.limitation();
    }
    if (plain) {
      String other = sslOnly();
      return other == null ? null : other + " has no meaning with --plain, which is without SSL";
    }
    if (shared.verify != null) {
      return "--verify is about a server's certificate; for those of clients there are --client-ca"
          + " and --client-auth";
    }
    if (trust.namesIssuers() && clientAuth == ClientAuth.NONE) {
      return "--client-ca and --client-auth none contradict each other";
    }
    String other = served.contradiction(trust.namesIssuers());
    if (other == null) {
      other = trust.contradiction();
    }
    if (other != null) {
      return other;
    }
    String ofKeys = tickets.contradiction();
    if (ofKeys == null) {
      ofKeys = fleet.contradiction();
    }
    if (ofKeys == null) {
      ofKeys = fleetCert.contradiction(fleet);
    }
    if (ofKeys == null && fleet.areGiven()) {
      ofKeys = tickets.besideFleet();
    }
    if (ofKeys == null) {
      ofKeys = psks.ofServer(identity.isGiven() || fleetCert.isGiven() || served.given() != null);
    }
    if (ofKeys != null) {
      return ofKeys;
    }
    boolean asks = clientAuth != null && clientAuth != ClientAuth.NONE;
    if (trust.given() != null && !trust.namesIssuers()) {
      return trust.given() + " is about certificates of clients, and needs --client-ca";
    }
    return asks && !trust.namesIssuers()
        ? "--client-auth needs --client-ca: whose certificates are good?"
        : null;
  }

  private @Nullable String sslOnly() {
    if (identity.given() != null) {
      return identity.given();
    } else if (psks.given() != null) {
      return psks.given();
    } else if (startTls != null) {
      return "--starttls";
    } else if (trust.given() != null) {
      return trust.given();
    } else if (clientAuth != null) {
      return "--client-auth";
    } else if (watch) {
      return "--watch";
    }
    String other = served.given();
    if (other == null) {
      other = tickets.given();
    }
    if (other == null) {
      other = fleetCert.isGiven() ? "--fleet-cert" : fleet.given();
    }
    if (other == null) {
      other = recording.sslOnly();
    }
    return other == null ? shared.sslOnly() : other;
  }

  private SslContext context() {
    SslContextBuilder ssl = SslContext.server();
    shared.apply(ssl);
    recording.apply(ssl);
    if (trust.namesIssuers()) {
      trust.apply(ssl);
      ssl.clientAuth(clientAuth == null ? ClientAuth.REQUIRED : clientAuth);
    }
    served.apply(ssl);
    tickets.apply(ssl);
    psks.take(ssl, shared);
    if (!fleetCert.show(ssl)) {
      IdentityOptions.show(shown(), ssl);
    }
    return ssl.build();
  }

  /** There are none of the certificate that is made here. */
  private void tellWeaknesses(SslContext context) {
    for (SslFinding finding : Ssl.audit(context)) {
      if (finding.severity() != SslFinding.Severity.INFO) {
        String severity = finding.severity() == SslFinding.Severity.ERROR ? "error" : "warning";
        note(severity + " " + finding.code() + ": " + finding);
      }
    }
  }

  /** The certificates of clients that ask for no name; none when those are refused. */
  private List<Credentials> shown() {
    List<Credentials> loaded = identity.loadAll();
    if (loaded.isEmpty() && fleetCert.isGiven() && served.needsDefault()) {
      throw fleetCert.nothingToShow();
    }
    return loaded.isEmpty() && served.needsDefault() && !psks.areGiven()
        ? List.of(madeHere())
        : loaded;
  }

  /** The same one each time. */
  private Credentials madeHere() {
    Credentials shown = made;
    if (shown == null) {
      shown = SelfSigned.forLocalhost();
      made = shown;
      String hash = Fingerprint.of(shown.chain().getFirst()).toString();
      note("made a certificate for localhost; connect with --pin " + hash);
    }
    return shown;
  }

  private void note(String line) {
    if (!shared.verbosity.quiet) {
      stdio.err().println("ferrule: " + line);
    }
  }
}
