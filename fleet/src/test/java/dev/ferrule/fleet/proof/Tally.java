package dev.ferrule.fleet.proof;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What clients saw. Counted by their loop, read by any thread. */
final class Tally {
  private static final int MOST_PROBLEMS = 8;

  /** Handshakes of clients without a ticket. */
  final AtomicLong first = new AtomicLong();

  /** Handshakes of clients that had one, begun within its lifetime. */
  final AtomicLong resumable = new AtomicLong();

  /** Of those, how many resumed. */
  final AtomicLong resumed = new AtomicLong();

  /** Connections that ended before their handshake. */
  final AtomicLong failed = new AtomicLong();

  /** Connections that ended after it, and not by the client. */
  final AtomicLong cut = new AtomicLong();

  final Queue<String> problems = new ConcurrentLinkedQueue<>();

  private int seenProblems;
  private long shownResumable;
  private long shownResumed;

  void problem(String text) {
    if (problems.size() < MOST_PROBLEMS) {
      problems.add(text);
    }
  }

  /** Since it was asked last. */
  boolean hasNewProblems() {
    int before = seenProblems;
    seenProblems = problems.size();
    return seenProblems > before;
  }

  /** Of what was resumable, how many hundredths resumed. */
  double percent() {
    return 100.0 * resumed.get() / Math.max(1, resumable.get());
  }

  /** Prints what happened since it was called last. */
  void print(String phase) {
    long can = resumable.get();
    long did = resumed.get();
    System.out.printf(
        "%-42s %,7d resumable, %,7d resumed; so far %d failed, %d cut%n",
        phase, can - shownResumable, did - shownResumed, failed.get(), cut.get());
    shownResumable = can;
    shownResumed = did;
  }

  @Override
  public String toString() {
    return "%,d first handshakes; %,d resumable, of which %,d resumed (%.2f %%); %d failed, %d cut %s"
        .formatted(
            first.get(),
            resumable.get(),
            resumed.get(),
            percent(),
            failed.get(),
            cut.get(),
            problems);
  }
}
