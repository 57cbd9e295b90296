package dev.ferrule.cli;

import dev.ferrule.cli.bench.Counts;
import dev.ferrule.cli.bench.Descriptors;
import dev.ferrule.cli.bench.Facts;
import dev.ferrule.cli.bench.Load;
import dev.ferrule.cli.bench.Notes;
import dev.ferrule.cli.bench.Outcome;
import dev.ferrule.cli.bench.Reached;
import dev.ferrule.cli.bench.ReportPage;
import dev.ferrule.cli.bench.Result;
import dev.ferrule.cli.bench.ResultJson;
import dev.ferrule.cli.bench.ResultTable;
import dev.ferrule.cli.bench.Round;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** {@code ferrule bench}: loads a target, or two in turn, and tells what they did. */
final class BenchCommand implements Callable<Integer> {
  private static final int INTERRUPTED = 130;

  private String where = "";
  private final BenchOptions options = new BenchOptions();
  private final SharedOptions shared = new SharedOptions();
  private final BenchTargets reaching = new BenchTargets(shared);
  private final Stdio stdio;
  private volatile boolean interrupted;
  private volatile @Nullable Round running;

  BenchCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    Description command =
        new Description("bench", this)
            .about(
                "Loads a server, and measures what it does.",
                "%nModes, and what one operation is:%n",
                "  echo     bytes are sent, and the same bytes come back (ferrule serve --mode echo)",
                "  source   no operation: the target sends, as much as it can (--mode source)",
                "  sink     no operation: this side sends, as much as the target takes (--mode sink)",
                "  full     connect, a full handshake, and the end of both sides; the latency is without"
                    + " the end",
                "  resumed  the same, with the session of the handshake before it",
                "  churn    connect, handshake, one echo, and the end; the latency is without the end",
                "  idle     no operation: connections are opened, and kept; the latency is that of"
                    + " opening one",
                "%nIn a closed loop, which is usual, each connection begins its next operation when"
                    + " the answer to the last came: a target that pauses is asked less. With --rate"
                    + " the times are fixed before, and what has to wait for its turn has waited: the"
                    + " latency is what somebody who comes at that time would see.%n",
                "Nothing is begun when the first connection fails. Ctrl-C ends it, and prints what was"
                    + " measured until then.%n")
            .exits(
                " 0:measured, and nothing failed",
                " 1:something failed, which the result counts, or nothing was answered",
                " 2:TLS failed on the first connection: handshake or certificate",
                " 4:could not connect at all: name, refusal, time limit",
                "64:wrong usage, or a file or setting that cannot work",
                "130:interrupted (Ctrl-C or SIGTERM)")
            .examples(
                "  ferrule bench localhost:8443 --insecure",
                "  ferrule bench localhost:8443 --insecure --rate 20000 --connections 64   # latency",
                "  ferrule bench localhost:8443 --insecure --mode full --connections 32",
                "  ferrule bench localhost:8443 --ca ca.pem --mode resumed --report resumed.html",
                "  ferrule bench localhost:8443 --insecure --mode idle --connections 5000 --seconds 60",
                "  ferrule bench localhost:8443 --insecure --against localhost:9443 --rounds 10",
                "  ferrule bench localhost:8443 --insecure --mode sink --size 1048576 --json",
                "  ferrule bench localhost:7000 --plain --loops 2 --seconds 5");
    command.parameter(
        "HOST:PORT",
        to -> where = to,
        "The target: name:port, 10.0.0.7:port, [::1]:port or unix:PATH.");
    options.describe(command);
    reaching.describe(command);
    shared.describe(command);
    return command;
  }

  @Override
  public Integer call() {
    List<Target> targets = new ArrayList<>(List.of(Target.parse(where)));
    if (options.against != null) {
      targets.add(Target.parse(options.against));
    }
    int rounds = options.rounds();
    Load load = options.load(shared.loops, reaching.isPlain());
    targets.forEach(reaching::check);
    shared.loops();
    shared.chosenPoller();
    requireHistogram();
    Way by = reaching.way();
    OutputFile report =
        options.report == null
            ? null
            : OutputFile.check(OutputFile.Kind.BENCH_REPORT, options.report);
    requireDescriptors(load);
    Instant started = Instant.now();
    List<Reached> reached =
        targets.stream().map(target -> reaching.reach(target, load, by)).toList();
    return measure(started, reached, load, rounds, report);
  }

  private Integer measure(
      Instant started, List<Reached> reached, Load load, int rounds, @Nullable OutputFile report) {
    List<List<Outcome>> outcomes = new ArrayList<>();
    reached.forEach(_ -> outcomes.add(new ArrayList<>()));
    try (Signals.Heard _ = Signals.whileRunning(this::interrupt);
        BenchProgress progress = BenchProgress.start(stdio, shared.verbosity, load)) {
      for (int i = 0; i < rounds && !interrupted; i++) {
        for (int j = 0; j < reached.size() && !interrupted; j++) {
          int which = i % 2 == 0 ? j : reached.size() - 1 - j; // neither is always the first
          Round round = new Round(load, reached.get(which), shared.loops);
          running = round;
          if (interrupted) {
            round.stop();
          }
          progress.of(round, reached.get(which).site().text(), i + 1, rounds);
          outcomes.get(which).add(round.run(shared.loops()));
        }
      }
    }
    List<Result.Target> all = new ArrayList<>();
    for (int i = 0; i < reached.size(); i++) {
      all.add(Result.Target.of(reached.get(i), outcomes.get(i)));
    }
    Result result =
        new Result(
            started, new Main.Version().getVersion()[0], load, shared.loops, all, interrupted);
    tell(result, report);
    return interrupted ? INTERRUPTED : judged(result);
  }

  private void interrupt() {
    interrupted = true;
    Round round = running;
    if (round != null) {
      round.stop();
    }
  }

  private void tell(Result result, @Nullable OutputFile report) {
    if (options.json) {
      stdio.text().println(ResultJson.of(result));
    } else {
      ResultTable.print(result, stdio.text());
    }
    if (!shared.verbosity.quiet) {
      Notes.of(result).forEach(note -> stdio.err().println("ferrule: " + note));
    }
    if (report != null) {
      report.write(ReportPage.of(result));
    }
  }

  /** The exit status of what was measured to its end. */
  private static int judged(Result result) {
    for (Result.Target target : result.targets()) {
      Outcome total = target.total();
      if (nothing(result.load(), total)) {
        throw new ToolError(
            Exit.FAILED,
            "%s answered nothing in %.1f s%s"
                .formatted(target.name(), total.seconds(), reason(result.load(), total)));
      }
      if (total.failed() > 0) {
        throw new ToolError(
            Exit.FAILED,
            "%s: %d of its connections or operations failed: %s"
                .formatted(target.name(), total.failed(), firstFailure(total)));
      }
    }
    return Exit.CLEAN;
  }

  private static boolean nothing(Load load, Outcome total) {
    Counts counts = total.counts();
    return switch (load.workload()) {
      case SOURCE -> counts.received() == 0;
      case SINK -> counts.sent() == 0;
      case IDLE -> total.opened() == 0;
      case ECHO, FULL, RESUMED, CHURN -> counts.done() == 0;
    };
  }

  private static String reason(Load load, Outcome total) {
    if (total.failed() > 0) {
      return ": " + firstFailure(total);
    }
    return switch (load.workload()) {
      case ECHO, CHURN -> " (does it send back what it receives?)";
      case SOURCE -> " (does it send by itself?)";
      case SINK, FULL, RESUMED, IDLE -> "";
    };
  }

  /** How often each, and the sentence of one. */
  private static String firstFailure(Outcome total) {
    return Facts.failures(total) + "; " + Facts.failed(total).getFirst().text();
  }

  // ---- before the load

  private static void requireHistogram() {
    try {
      Class.forName("org.HdrHistogram.Histogram");
    } catch (ClassNotFoundException e) {
      throw new ToolError(
          Exit.USAGE, "bench needs the library HdrHistogram, which is not in this installation", e);
    }
  }

  private void requireDescriptors(Load load) {
    Descriptors.room(shared.loops)
        .ifPresent(room -> {
          if (load.connections() > room) {
            throw new ToolError(
                Exit.USAGE,
                "--connections %d needs as many descriptors, and there is room for %d: the limit is"
                        .formatted(load.connections(), room)
                    + " %d (ulimit -n)".formatted(Descriptors.limit().orElse(0)));
          }
        });
  }
}
