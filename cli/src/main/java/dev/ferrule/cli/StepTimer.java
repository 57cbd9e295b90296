package dev.ferrule.cli;

import java.io.PrintStream;
import java.util.Locale;

/** Prints what was done, with the time since the step before. */
final class StepTimer {
  private final PrintStream out;
  private final boolean quiet;
  private final long began = System.nanoTime();
  private long last = began;

  StepTimer(PrintStream out, boolean quiet) {
    this.out = out;
    this.quiet = quiet;
  }

  void done(String step, String what) {
    long now = System.nanoTime();
    if (!quiet) {
      out.println(String.format(Locale.ROOT, "%-12s%8.1f ms  %s", step, (now - last) / 1e6, what));
    }
    last = System.nanoTime();
  }

  void last(String line) {
    out.println(
        String.format(Locale.ROOT, "%s, in %.0f ms", line, (System.nanoTime() - began) / 1e6));
  }
}
