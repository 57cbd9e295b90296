package dev.ferrule.cli.bench;

import java.util.ArrayList;
import java.util.List;

/** Sentences about what a reader of a result must know before the figures are used. */
public final class Notes {
  /** From here a rate counts as reached. */
  private static final double REACHED = 0.99;

  /** An answer that takes so long is told of, in nanoseconds. */
  private static final long LONG = 1_000_000_000;

  /** From here a loop is so busy that it may be what was measured. */
  private static final double BUSY = 0.9;

  private Notes() {}

  /** Whether operations began and were answered as often as was asked. */
  static boolean isReached(Load load, Outcome total) {
    return !load.isOpen() || total.operationsPerSecond() >= load.rate() * REACHED;
  }

  /** All of a result. */
  public static List<String> of(Result result) {
    List<String> notes = new ArrayList<>();
    for (Result.Target target : result.targets()) {
      String whom = result.targets().size() == 1 ? "" : target.name() + ": ";
      of(result, target.total()).forEach(note -> notes.add(whom + note));
    }
    if (result.interrupted()) {
      notes.add("interrupted: the figures are of what was measured until then");
    }
    return notes;
  }

  private static List<String> of(Result result, Outcome total) {
    List<String> notes = new ArrayList<>();
    Load load = result.load();
    Counts counts = total.counts();
    if (total.seconds() > 0 && !isReached(load, total)) {
      notes.add(
          "rate not reached: asked %s, got %s, %s late, %s unsent"
              .formatted(
                  Units.rate(load.rate()),
                  Units.rate(total.operationsPerSecond()),
                  Units.count(counts.late()),
                  Units.count(counts.unsent())));
    }
    if (load.workload() == Workload.RESUMED && counts.full() > 0) {
      notes.add(
          counts.resumed() == 0
              ? "no session was resumed: the target gives none, or does not take them back"
              : "not always resumed: %s of %s handshakes were full ones"
                  .formatted(
                      Units.count(counts.full()), Units.count(counts.full() + counts.resumed())));
    }
    if (counts.unanswered() > 0
        && counts.oldestNanos() > Math.max(LONG, total.latency().getMaxValue())) {
      notes.add(
          "%s unanswered at the end, the oldest for %s"
              .formatted(
                  Facts.several(counts.unanswered(), load.workload().unit()),
                  Units.time(counts.oldestNanos())));
    }
    if (load.workload() == Workload.IDLE && total.opened() < load.connections()) {
      notes.add(
          "only %s of %s connections could be opened"
              .formatted(Units.count(total.opened()), Units.count(load.connections())));
    }
    exhausted(total, notes);
    int processors = Runtime.getRuntime().availableProcessors();
    if (Facts.busy(total) > BUSY * Math.min(result.loops(), processors)) {
      notes.add(
          "the generator was busy (%.2f of one processor on %s): it may be what was measured%s"
              .formatted(
                  Facts.busy(total),
                  Facts.several(result.loops(), "loop"),
                  result.loops() < processors ? "; try --loops " + processors : ""));
    }
    return notes;
  }

  private static void exhausted(Outcome total, List<String> notes) {
    for (Failure failure : total.failures().values()) {
      if (failure.example().contains("Too many open files")) {
        notes.add(
            "out of descriptors: "
                + Descriptors.limit().stream()
                    .mapToObj(limit -> "the limit is " + Units.count(limit) + " (ulimit -n)")
                    .findFirst()
                    .orElse("see ulimit -n"));
      } else if (failure.example().contains("assign requested address")) {
        notes.add(
            "out of local ports: connections that have ended keep theirs for a minute; measure for a"
                + " shorter time, or at a --rate");
      }
    }
  }
}
