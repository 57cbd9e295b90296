package dev.ferrule.cli;

/** How far a check is, on one line of a terminal that is written again and again. Any thread. */
final class Progress {
  private static final long BETWEEN = 100_000_000; // ns

  private final Stdio stdio;
  private final boolean shown;
  private long last;
  private boolean written;

  Progress(Stdio stdio, boolean shown) {
    this.stdio = stdio;
    this.shown = shown;
  }

  synchronized void connections(int count) {
    long now = System.nanoTime();
    if (shown && (!written || now - last > BETWEEN)) {
      last = now;
      written = true;
      stdio.err().print("\rferrule: " + count + " connections...");
      stdio.err().flush();
    }
  }

  /** Clears the line. */
  synchronized void end() {
    if (written) {
      stdio.err().print("\r" + " ".repeat(40) + "\r");
      stdio.err().flush();
    }
  }
}
