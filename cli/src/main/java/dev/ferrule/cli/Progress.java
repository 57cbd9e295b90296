package dev.ferrule.cli;

import java.io.Console;

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

  /** Whether a person is likely to see it. */
  @SuppressWarnings("SystemConsoleNull") // it is null where there is no terminal, in JDK 25
  static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
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
