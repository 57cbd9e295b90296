package dev.ferrule.cli;

import dev.ferrule.cli.check.Grade;
import dev.ferrule.cli.check.NoTlsException;
import dev.ferrule.cli.check.Peer;
import dev.ferrule.cli.check.Report;
import dev.ferrule.cli.check.Scan;
import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.event.EventError;
import dev.ferrule.host.Host;
import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.ssl.trust.Anchors;
import dev.ferrule.ssl.trust.HostName;
import dev.ferrule.ssl.trust.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** {@code ferrule check}: what a server speaks, and how good that is. */
final class CheckCommand implements Callable<Integer> {
  private static final String SYSTEM = "system";
  private static final int MOST_PARALLEL = 64;

  private String where = "";
  private @Nullable StartTls startTls;
  private List<String> authorities = List.of();
  private @Nullable String serverName;
  private @Nullable String timeout;
  private @Nullable String longest;
  private int parallel = 4;
  private @Nullable Integer minDays;
  private @Nullable String minGrade;
  private boolean json;
  private @Nullable Path page;
  private final Verbosity verbosity = new Verbosity();
  private final Stdio stdio;

  CheckCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    Description command =
        new Description("check", this)
            .about(
                "Finds out what a TLS server speaks, and grades it.",
                "%nIt makes many short connections (some 50 to 200) and sends no data but, where"
                    + " the server takes http/1.1 by ALPN, one HEAD request. Check only servers"
                    + " that you may. The grade follows SSL Labs' rating guide (2009r); T is a"
                    + " certificate that is not trusted, M one of another name.%n")
            .parameter(
                "HOST:PORT", to -> where = to, "The server: name:port, 10.0.0.7:port, [::1]:port.")
            .value(
                "--starttls",
                "PROTOCOL",
                StartTls.class,
                protocol -> startTls = protocol,
                "Begin in plain text, then TLS, as this protocol does: ${COMPLETION-CANDIDATES}.")
            .list(
                "--ca",
                "FILE",
                "",
                all -> authorities = all,
                "Trust the issuers in this file or folder, instead of the system's. May be"
                    + " repeated; the word system is the system's store.")
            .text(
                "--server-name",
                "NAME",
                name -> serverName = name,
                "The name to ask for (SNI) and to expect in the certificate, where it is not HOST.")
            .value(
                "--min-days",
                "N",
                int.class,
                days -> minDays = days,
                "Exit with 1 when a certificate ends within N days.")
            .text(
                "--min-grade",
                "GRADE",
                grade -> minGrade = grade,
                "Exit with 1 when the grade is below this one: A+, A, A-, B, C, D, E or F.")
            .flag(
                "--json",
                on -> json = on,
                "Print the report as JSON (docs/check.md has its shape).")
            .file(
                "--page",
                "FILE",
                file -> page = file,
                "Write the report as one page of HTML, too. It takes the place of an older report,"
                    + " and of no other file.")
            .value(
                "--parallel",
                "N",
                int.class,
                n -> parallel = n,
                "Connections at once, 1 to 64; 4 unless said. Servers that bound their clients may"
                    + " need 1.")
            .text(
                "--timeout",
                "DURATION",
                time -> timeout = time,
                "For the name lookup and each step of the first connection, such as 500ms or 10s,"
                    + " the default; later ones have less when the server was quick.")
            .text(
                "--max-time",
                "DURATION",
                time -> longest = time,
                "For all of it; 2m unless said. What is not asked by then is told as unknown.")
            .exits(
                " 0:checked, and good enough for --min-days and --min-grade",
                " 1:not good enough, or the page could not be written",
                " 2:no TLS: something else answers, nothing does, or all hellos (or STARTTLS) are"
                    + " refused",
                " 4:could not connect: name, refusal, time limit",
                "64:wrong usage, or a file that cannot be read",
                "130:interrupted (Ctrl-C)")
            .examples(
                "  ferrule check example.com:443",
                "  ferrule check mail.example.com:587 --starttls smtp",
                "  ferrule check db.example.com:5432 --starttls postgres --ca ca.pem",
                "  ferrule check example.com:443 --min-days 21 --min-grade A   # in a pipeline",
                "  ferrule check example.com:443 --page report.html",
                "  ferrule check example.com:443 --json | jq .grade.letter");
    verbosity.describeQuiet(command, "Show no progress.");
    return command;
  }

  @Override
  public Integer call() {
    Target target = Target.parse(where);
    Grade.@Nullable Letter least = leastGrade();
    Duration limit =
        timeout == null ? Duration.ofSeconds(10) : DurationText.parse("--timeout", timeout);
    Duration all =
        longest == null ? Duration.ofMinutes(2) : DurationText.parse("--max-time", longest);
    requireSensible(target, limit, all);
    OutputFile written = page == null ? null : OutputFile.check(OutputFile.Kind.CHECK_REPORT, page);
    Anchors anchors = anchors();
    long began = System.nanoTime();
    Duration step = limit.compareTo(all) < 0 ? limit : all;
    List<InetAddress> addresses = NameLookup.of(target.host(), step, InetAddress::getAllByName);
    Duration resolving = Duration.ofNanos(System.nanoTime() - began);
    Report report = scan(target, addresses, anchors, step, began + all.toNanos(), resolving);
    stdio.text().print(json ? report.json() + "\n" : report.text());
    if (written != null) {
      written.write(report.page());
    }
    report
        .shortcoming(minDays, least)
        .ifPresent(sentence -> {
          throw new ToolError(Exit.FAILED, sentence);
        });
    return Exit.CLEAN;
  }

  private Grade.@Nullable Letter leastGrade() {
    if (minGrade == null) {
      return null;
    }
    Grade.Letter least = Grade.Letter.of(minGrade);
    if (least == null || !least.reaches(Grade.Letter.F)) {
      throw new ToolError(
          Exit.USAGE, "--min-grade is A+, A, A-, B, C, D, E or F, not '" + minGrade + "'");
    }
    return least;
  }

  private void requireSensible(Target target, Duration limit, Duration all) {
    if (target.unix() != null) {
      throw new ToolError(Exit.USAGE, "check is for TCP, not for Unix-domain sockets");
    }
    if (parallel < 1 || parallel > MOST_PARALLEL) {
      throw new ToolError(Exit.USAGE, "--parallel is from 1 to 64, not " + parallel);
    }
    if (minDays != null && minDays < 0) {
      throw new ToolError(Exit.USAGE, "--min-days is 0 or more, not " + minDays);
    }
    requireName(serverName);
    if (limit.isZero() || all.isZero()) {
      throw new ToolError(Exit.USAGE, "--timeout and --max-time are above 0");
    }
  }

  private static void requireName(@Nullable String name) {
    try {
      if (name != null) {
        Host.parse(name);
      }
    } catch (IllegalArgumentException e) {
      throw new ToolError(Exit.USAGE, "--server-name: " + e.getMessage(), e);
    }
  }

  private Anchors anchors() {
    if (authorities.isEmpty()) {
      return Trust.system().anchors();
    }
    List<TrustedCertificate> given = new ArrayList<>();
    boolean system = false;
    for (String each : authorities) {
      if (each.equals(SYSTEM)) {
        system = true;
      } else {
        given.addAll(Certificates.anchors(Path.of(each)).trusted());
      }
    }
    return (system ? Trust.systemAnd(given) : Trust.of(given)).anchors();
  }

  /**
   * The first address that can be connected is the one that is checked; none is tried after the
   * end, which is by nanoTime.
   */
  private Report scan(
      Target target,
      List<InetAddress> addresses,
      Anchors anchors,
      Duration step,
      long end,
      Duration resolving) {
    List<String> shown = addresses.stream().map(InetAddress::getHostAddress).toList();
    Progress progress = new Progress(stdio, !verbosity.quiet && Terminal.shows(stdio));
    IOException first = null;
    try {
      for (InetAddress address : addresses) {
        Duration rest = Duration.ofNanos(end - System.nanoTime());
        if (!rest.isPositive()) {
          break;
        }
        Peer peer = new Peer(name(target), address, target.port(), sni(target), startTls, step);
        try {
          return new Scan(peer, shown, anchors, parallel, rest, progress::connections)
              .run(resolving);
        } catch (IOException e) {
          first = first == null ? e : first;
        }
      }
    } catch (NoTlsException e) {
      throw new ToolError(Exit.TLS, target + ": " + e.getMessage(), e);
    } finally {
      progress.end();
    }
    throw unreachable(first);
  }

  private static ToolError unreachable(@Nullable IOException e) {
    if (e != null && e.getCause() instanceof EventError error) {
      return new ToolError(Exit.of(error, Exit.Phase.CONNECTING), error.message(), e);
    }
    return new ToolError(
        Exit.UNREACHABLE,
        e == null ? "--max-time was over before a connection" : String.valueOf(e.getMessage()),
        e);
  }

  private String name(Target target) {
    return HostName.canonical(serverName == null ? target.host() : serverName);
  }

  /** No address is asked for by SNI (RFC 6066 3). */
  private @Nullable String sni(Target target) {
    String name = name(target);
    return HostName.isSendable(name) ? name : null;
  }
}
