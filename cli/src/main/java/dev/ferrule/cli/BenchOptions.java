package dev.ferrule.cli;

import dev.ferrule.cli.bench.Load;
import dev.ferrule.cli.bench.Workload;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The options of what {@code ferrule bench} does, and the bounds of their values. */
final class BenchOptions {
  private static final int MOST_CONNECTIONS = 100_000;
  private static final int MOST_RESUMING = 4_096; // each has a context of its own
  private static final int MOST_BYTES = 64 * 1024 * 1024;
  private static final int MOST_A_SECOND = 1_000_000;
  private static final int MOST_ROUNDS = 1_000;
  private static final double LONGEST = 86_400; // seconds
  private static final double USUAL_SECONDS = 10;
  private static final double USUAL_SECONDS_OF_ROUND = 2;
  private static final int USUAL_ROUNDS = 5;

  private Workload workload = Workload.ECHO;
  private int connections = 10;
  private @Nullable Integer size;
  private @Nullable Double seconds;
  private @Nullable Double warmup;
  private @Nullable Integer rate;
  private @Nullable Integer rounds;
  private double timeout = 10; // seconds
  @Nullable String against;
  boolean json;
  @Nullable Path report;

  void describe(Description command) {
    command
        .value(
            "--mode",
            "MODE",
            Workload.class,
            what -> workload = what,
            "What connections do, as told above: ${COMPLETION-CANDIDATES}; echo unless said.")
        .value(
            "-c --connections",
            "N",
            int.class,
            n -> connections = n,
            "Connections at once, over all loops; 10 unless said.")
        .value(
            "--size",
            "BYTES",
            Integer.class,
            bytes -> size = bytes,
            "Bytes of one message of echo and churn (64 unless said), or of one write of sink"
                + " (65536).")
        .value(
            "--seconds",
            "N",
            Double.class,
            n -> seconds = n,
            "How long is measured; 10 unless said. With --against in each round, 2 unless said.")
        .value(
            "--warmup",
            "SECONDS",
            Double.class,
            n -> warmup = n,
            "How long the load runs before it is measured, in each round; 1 unless said.")
        .value(
            "--rate",
            "N",
            Integer.class,
            n -> rate = n,
            "An open loop: so many operations a second over all connections, at times that are fixed"
                + " before. Latency counts from these times.")
        .text(
            "--against",
            "HOST:PORT",
            to -> against = to,
            "Load this target too, in rounds that alternate, and tell the ratio of the two.")
        .value(
            "--rounds",
            "N",
            Integer.class,
            n -> rounds = n,
            "With --against, rounds of each target; 5 unless said.")
        .value(
            "--timeout",
            "SECONDS",
            double.class,
            n -> timeout = n,
            "For connecting, for the handshake and for an answer each; 10.")
        .flag("--json", on -> json = on, "Print JSON, as docs/bench.md describes it.")
        .file(
            "--report",
            "FILE",
            file -> report = file,
            "Write a page of HTML with charts, which needs no network. It takes the place of an older"
                + " report, and of no other file.");
  }

  /** How many rounds each target has. */
  int rounds() {
    if (against == null) {
      if (rounds != null) {
        throw wrong("--rounds is for --against: one target has one round");
      }
      return 1;
    }
    return rounds == null ? USUAL_ROUNDS : within("--rounds", rounds, 1, MOST_ROUNDS);
  }

  /** The load; {@code loops} and {@code plain} are what else was said. */
  Load load(int loops, boolean plain) {
    int most = workload == Workload.RESUMED ? MOST_RESUMING : MOST_CONNECTIONS;
    within("--connections", connections, 1, most);
    if (loops > connections) {
      throw wrong(
          "--loops %d with --connections %d: a loop without a connection has nothing to do"
              .formatted(loops, connections));
    }
    if (plain && workload.isHandshake()) {
      throw wrong("--mode " + workload + " is about handshakes, which --plain is without");
    }
    Duration measured =
        duration(
            "--seconds",
            seconds != null ? seconds : against == null ? USUAL_SECONDS : USUAL_SECONDS_OF_ROUND,
            0.1);
    return new Load(
        workload,
        connections,
        size(),
        measured,
        warmup(),
        rate(),
        duration("--timeout", timeout, 0.001));
  }

  private int size() {
    Integer given = size;
    if (given == null) {
      return workload.usualSize();
    }
    if (workload.usualSize() == 0) {
      throw wrong("--size has no meaning with --mode " + workload + ", which sends no messages");
    }
    return within("--size", given, 1, MOST_BYTES);
  }

  private Duration warmup() {
    if (workload == Workload.IDLE) {
      if (warmup != null) {
        throw wrong("--warmup has no meaning with --mode idle");
      }
      return Duration.ZERO;
    }
    return duration("--warmup", warmup == null ? 1 : warmup, 0);
  }

  private int rate() {
    Integer given = rate;
    if (given == null) {
      return 0;
    }
    if (!workload.hasOperations()) {
      throw wrong("--rate has no meaning with --mode " + workload + ", which has no operations");
    }
    return within("--rate", given, 1, MOST_A_SECOND);
  }

  private static int within(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw wrong("%s is a number from %d to %d, not %d".formatted(option, least, most, value));
    }
    return value;
  }

  private static Duration duration(String option, double seconds, double least) {
    if (!(seconds >= least && seconds <= LONGEST)) {
      throw wrong(
          "%s is from %s to 86400 seconds, not %s"
              .formatted(option, least == 0 ? "0" : String.valueOf(least), seconds));
    }
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  private static ToolError wrong(String what) {
    return new ToolError(Exit.USAGE, what);
  }
}
