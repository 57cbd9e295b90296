package dev.ferrule.cli;

import dev.ferrule.cli.bench.Load;
import dev.ferrule.cli.bench.Round;
import dev.ferrule.cli.bench.Timeline;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A line on standard error that says how far a load is, once a second; nothing where that is no
 * terminal. It has a thread of its own, so that a terminal which is stopped holds nobody up.
 */
final class BenchProgress implements AutoCloseable {
  private static final long PERIOD = 1_000; // milliseconds
  private static final String CLEARED = "\r\033[K";

  private final Stdio stdio;
  private final boolean operations;
  private final @Nullable Thread thread;
  private volatile @Nullable Round round;
  private volatile String what = "";

  private BenchProgress(Stdio stdio, boolean shown, Load load) {
    this.stdio = stdio;
    this.operations = load.workload().hasOperations();
    this.thread = shown ? Thread.ofPlatform().daemon().unstarted(this::run) : null;
  }

  /** Begins, where somebody looks. */
  static BenchProgress start(Stdio stdio, Verbosity verbosity, Load load) {
    BenchProgress progress =
        new BenchProgress(stdio, !verbosity.quiet && Terminal.shows(stdio), load);
    if (progress.thread != null) {
      progress.thread.start();
    }
    return progress;
  }

  /** Tells of this round from now on. */
  void of(Round next, String target, int number, int rounds) {
    what = rounds == 1 ? target : "%s, round %d of %d".formatted(target, number, rounds);
    round = next;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        Round current = round;
        if (current != null) {
          stdio.err().print(CLEARED + line(current.progress()));
          stdio.err().flush();
        }
      }
    } catch (InterruptedException e) {
      stdio.err().print(CLEARED); // it is over
    }
  }

  private String line(Timeline.Progress progress) {
    var last = progress.last();
    if (last == null) {
      return what + ": preparing";
    }
    double seconds = Math.max(last.length(), 1e-9);
    return operations
        ? String.format(
            Locale.ROOT,
            "%s: %d s, %,.0f/s, p50 %.3f ms, p99 %.3f ms, max %.3f ms",
            what,
            progress.seconds(),
            last.operations() / seconds,
            last.p50() / 1e6,
            last.p99() / 1e6,
            last.max() / 1e6)
        : String.format(
            Locale.ROOT,
            "%s: %d s, %,.1f MB/s",
            what,
            progress.seconds(),
            last.bytes() / seconds / 1e6);
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
      try {
        thread.join(PERIOD);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
