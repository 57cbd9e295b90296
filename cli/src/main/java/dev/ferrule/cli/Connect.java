package dev.ferrule.cli;

import dev.ferrule.LoopSetup;
import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslSessions;
import dev.ferrule.ssl.Verify;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** {@code ferrule connect}: standard input to a peer, and what the peer says to standard output. */
final class Connect implements Callable<Integer> {
  private static final double LONGEST_SECONDS = 86_400;
  private static final Duration SHUTDOWN_AFTER = Duration.ofSeconds(5);

  private String where = "";
  private final TrustOptions trust = new TrustOptions("--ca");
  private boolean insecure;
  private @Nullable String pin;
  private @Nullable String serverName;
  private boolean plain;
  private @Nullable StartTls startTls;
  private double timeout = 10; // seconds
  private @Nullable String shutdownAfter;
  private boolean noShutdown;
  private int again;
  private boolean resume;
  private boolean noSession;
  private boolean crlf;
  private @Nullable Path history;
  private final IdentityOptions identity = new IdentityOptions();
  private final PskOptions psks = new PskOptions();
  private final SharedOptions shared = new SharedOptions();
  private final RecordingOptions recording = new RecordingOptions();
  private final WayOptions way = new WayOptions();
  private final Stdio stdio;

  Connect(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    Description command =
        new Description("connect", this)
            .about(
                "Connects standard input and output with a peer.",
                "%nWhat comes on standard input goes to the peer, and what the peer says goes to"
                    + " standard output, until the peer ends. After the end of standard input it"
                    + " waits for the answer: only when nothing was received or sent for 5 seconds"
                    + " it ends its side (close_notify and FIN), and reads on. A server that needs"
                    + " the end of its input to answer is asked with --shutdown-after 0s. Facts"
                    + " about the handshake are on standard error.%n")
            .exits(
                " 0:the peer ended cleanly",
                " 1:something else failed, such as writing to standard output",
                " 2:TLS failed: handshake, certificate, pin, a record, or STARTTLS was refused",
                " 3:truncated: the connection was cut, what came may not be all",
                " 4:could not connect: name, refusal, time limit",
                "64:wrong usage, or a file or setting that cannot work",
                "130:interrupted (Ctrl-C)")
            .examples(
                "  ferrule connect example.com:443",
                "  printf 'GET / HTTP/1.0\\r\\n\\r\\n' | ferrule connect example.com:443",
                "  printf 'a LOGOUT\\r\\n' | ferrule connect imap.example.com:993 --no-shutdown",
                "  echo hi | ferrule connect localhost:8443 --insecure --shutdown-after 0s   # ends"
                    + " at once",
                "  ferrule connect localhost:8443 --pin 5f0c...   # what `ferrule serve` printed",
                "  ferrule connect mail.example.com:587 --starttls smtp --crlf",
                "  ferrule connect example.net:5222 --starttls xmpp --server-name example.com",
                "  ferrule connect db.example.com:3306 --starttls mysql --ca ca.pem < /dev/null",
                "  ferrule connect 10.0.0.7:636 --ca ca.pem --server-name ldap.example.com",
                "  ferrule connect db.example.com:5433 --ca system --ca ca.pem --crl lists/",
                "  ferrule connect example.com:443 --resume < /dev/null    # is the session"
                    + " resumed?",
                "  ferrule connect example.com:443 --bind 192.0.2.7",
                "  ferrule connect example.com:443 --proxy socks5://127.0.0.1:1080",
                "  ferrule connect example.com:443 --socket-option keep-alive=60s,10s,3",
                "  ferrule connect unix:/run/app.sock --server-name app",
                "  ferrule connect example.com:443 --capture it.pcapng    # then: wireshark"
                    + " it.pcapng");
    options(command);
    trust.describe(command, "Trust the issuers in this file or folder, instead of the system's.");
    identity.describe(command);
    psks.describe(command);
    way.describe(command);
    shared.describe(command);
    recording.describe(command);
    return command;
  }

  private void options(Description command) {
    command
        .parameter(
            "HOST:PORT",
            to -> where = to,
            "Where to: name:port, 10.0.0.7:port, [::1]:port or unix:PATH.")
        .flag(
            "--insecure",
            value -> insecure = value,
            "Check nothing: anybody in between can read and change everything.")
        .text(
            "--pin",
            "SHA256",
            hash -> pin = hash,
            "Accept only the certificate with this SHA-256 in hex, or the public key with"
                + " sha256//BASE64 as curl writes it. Alone it takes the place of chain and"
                + " name, for self-signed ones; with --ca or --verify those are checked as well.")
        .text(
            "--server-name",
            "NAME",
            name -> serverName = name,
            "The name to ask for (SNI) and to verify, where it is not HOST.")
        .flag("--plain", on -> plain = on, "No SSL at all.")
        .value(
            "--starttls",
            "PROTOCOL",
            StartTls.class,
            protocol -> startTls = protocol,
            "Begin in plain text, then TLS, as this protocol does: ${COMPLETION-CANDIDATES}.")
        .value(
            "--timeout",
            "SECONDS",
            double.class,
            seconds -> timeout = seconds,
            "For connecting, for the talk of --starttls and for the handshake each; 10.")
        .text(
            "--shutdown-after",
            "DURATION",
            time -> shutdownAfter = time,
            "After the end of standard input, end this side when nothing was received or sent for"
                + " so long, such as 500ms or 2m; 5s unless said, 0s is at once.")
        .flag(
            "--crlf",
            on -> crlf = on,
            "End the lines of standard input with CRLF, as most protocols of lines want it.")
        .file(
            "--history",
            "FILE",
            file -> history = file,
            "Where standard input and output are a terminal: keep the lines that are typed in this"
                + " file, passwords among them, but for lines that begin with a space; in memory"
                + " unless said.")
        .flag(
            "--no-shutdown",
            on -> noShutdown = on,
            "Never end this side first: after the end of standard input wait for the peer's end.")
        .value(
            "--again",
            "N",
            int.class,
            times -> again = times,
            "After that connect N times more, one after the other, and say whether the session was"
                + " resumed.")
        .flag(
            "--resume",
            on -> resume = on,
            "Short for --again 2: is the session resumed, and the one that came with it, too?")
        .flag(
            "--no-session",
            on -> noSession = on,
            "Keep no sessions: with --again each handshake is a full one.");
  }

  @Override
  public Integer call() {
    Target target = Target.parse(where);
    if (!(timeout >= 0.001 && timeout <= LONGEST_SECONDS)) {
      throw new ToolError(Exit.USAGE, "--timeout is from 0.001 to 86400 seconds, not " + timeout);
    }
    if (noShutdown && shutdownAfter != null) {
      throw new ToolError(Exit.USAGE, "--no-shutdown and --shutdown-after contradict each other");
    }
    Duration idle = noShutdown ? null : idle();
    Fingerprint pinned = pin == null || pinsKey() ? null : Fingerprint.parse(pin);
    String contradiction = contradiction(target);
    if (contradiction != null) {
      throw new ToolError(Exit.USAGE, contradiction);
    }
    LoopSetup loop = shared.loop();
    shared.chosenPoller();
    recording.open();
    try {
      return connect(target, pinned, loop, idle);
    } finally {
      recording.close(stdio);
    }
  }

  private int connect(
      Target target, @Nullable Fingerprint pinned, LoopSetup loop, @Nullable Duration idle) {
    SslContext context = plain ? null : context();
    String name = serverName == null && target.unix() == null ? target.host() : serverName;
    Duration limit = Duration.ofMillis(Math.round(timeout * 1000));
    Way by = way.load();
    if (!by.proxies().isEmpty() && target.unix() != null) {
      throw new ToolError(Exit.USAGE, "--proxy has no meaning with a Unix-domain socket");
    }
    int status = converse(target, context, name, pinned, limit, idle, by, loop);
    int more = resume ? 2 : again;
    if (more > 0 && context != null) {
      new Again(stdio, target, context, name, startTls, pinned, limit, recording, by)
          .run(shared::loop, more);
    }
    if (shared.verbosity.verbose && context != null) {
      context.sessions().entries().forEach(this::tellSession);
    }
    return status;
  }

  private @Nullable LineMode lineMode() {
    try {
      return LineMode.open(history);
    } catch (NoClassDefFoundError e) {
      return null; // an installation without JLine
    }
  }

  private int converse(
      Target target,
      @Nullable SslContext context,
      @Nullable String name,
      @Nullable Fingerprint pinned,
      Duration limit,
      @Nullable Duration idle,
      Way by,
      LoopSetup loop) {
    try (LineMode lines = stdio.isTerminal() ? lineMode() : null) {
      Stdio streams = lines == null ? stdio : lines.stdio(stdio);
      if (crlf) {
        streams = new Stdio(new CrlfInput(streams.in()), streams.out(), streams.err());
      }
      return new Conversation(
              streams,
              shared.verbosity,
              target,
              context,
              name,
              startTls,
              pinned,
              limit,
              idle,
              recording,
              by)
          .run(loop);
    }
  }

  private void tellSession(SslSessions.Entry kept) {
    stdio
        .err()
        .println(
            "ferrule: a session of %s with %s:%d is kept, until %s"
                .formatted(kept.protocol(), kept.host(), kept.port(), kept.until()));
  }

  private Duration idle() {
    return shutdownAfter == null
        ? SHUTDOWN_AFTER
        : DurationText.parse("--shutdown-after", shutdownAfter);
  }

  private @Nullable String contradiction(Target target) {
    if (insecure && shared.verify != null && shared.verify != SharedOptions.Check.none) {
      return "--insecure and --verify " + shared.verify + " contradict each other";
    }
    if (insecure && trust.namesIssuers()) {
      return "--insecure and --ca contradict each other: one of them says whom to trust";
    }
    String ofKeys = psks.ofClient();
    if (ofKeys != null) {
      return ofKeys;
    }
    String untrusted = trust.contradiction();
    if (untrusted != null) {
      return untrusted;
    }
    String undecided = way.contradiction(plain || startTls != null);
    if (undecided != null) {
      return undecided;
    }
    if (again < 0) {
      return "--again is at least 0, not " + again;
    }
    if (again > 0 && resume) {
      return "--resume is short for --again 2: give one of them";
    }
    if (plain) {
      String other = sslOnly();
      return other == null ? null : other + " has no meaning with --plain, which is without SSL";
    }
    if (target.unix() != null && serverName == null && verify() == Verify.CHAIN_AND_HOST) {
      return "a Unix-domain socket has no host name to verify: say it with --server-name, or choose"
          + " --pin, --verify chain or --insecure";
    }
    return null;
  }

  private @Nullable String sslOnly() {
    if (startTls != null) {
      return "--starttls";
    } else if (again > 0) {
      return "--again";
    } else if (resume) {
      return "--resume";
    } else if (noSession) {
      return "--no-session";
    } else if (insecure) {
      return "--insecure";
    } else if (trust.given() != null) {
      return trust.given();
    } else if (pin != null) {
      return "--pin";
    } else if (serverName != null) {
      return "--server-name";
    } else if (identity.given() != null) {
      return identity.given();
    } else if (psks.given() != null) {
      return psks.given();
    }
    String written = recording.sslOnly();
    return written == null ? shared.sslOnly() : written;
  }

  /** A pin replaces all other checks of the certificate. */
  private Verify verify() {
    if (shared.verify != null) {
      return shared.verify.mode;
    }
    if (pin != null && !trust.namesIssuers() && !insecure) {
      return pinsKey() ? Verify.PINS : Verify.NONE;
    }
    return insecure ? Verify.NONE : Verify.CHAIN_AND_HOST;
  }

  /** Whether the pin is of a public key, and not of a certificate. */
  private boolean pinsKey() {
    return pin != null && pin.startsWith("sha256//");
  }

  private SslContext context() {
    SslContextBuilder ssl = SslContext.client();
    shared.apply(ssl);
    recording.apply(ssl);
    ssl.verify(verify());
    if (pin != null && pinsKey()) {
      ssl.pins(pin);
    }
    trust.apply(ssl);
    if (noSession) {
      ssl.sessions(0);
    }
    psks.offer(ssl, shared);
    IdentityOptions.show(identity.loadOne(), ssl);
    SslContext context = ssl.build();
    shared.tellLeftOut(context, trust, stdio);
    return context;
  }
}
