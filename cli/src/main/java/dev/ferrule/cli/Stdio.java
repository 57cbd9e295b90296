package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * The three streams of the tool. {@code out} carries a peer's bytes as they are, so it has no
 * buffer and throws what goes wrong, unlike {@link System#out}.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error, for people
 */
record Stdio(InputStream in, OutputStream out, PrintStream err) {
  Stdio {
    out = out instanceof CheckedOutput ? out : new CheckedOutput(out);
  }

  static Stdio ofProcess() {
    return new Stdio(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        System.err);
  }

  /** Whether somebody types what comes in and sees what goes out. */
  @SuppressWarnings("SystemConsoleNull") // it depends on jdk.console
  boolean isTerminal() {
    if (!(in instanceof FileInputStream)) {
      return false; // not the process'
    }
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Standard output for text; every line is flushed. It swallows failures: see {@link #check}. */
  PrintStream text() {
    return new PrintStream(out, true, UTF_8);
  }

  /**
   * Looks whether standard output took all that was printed, for it may be closed or full.
   *
   * @throws ToolError when it did not
   */
  void check() {
    IOException failure = out instanceof CheckedOutput checked ? checked.failure() : null;
    if (failure != null) {
      throw untaken(failure);
    }
  }

  static ToolError untaken(IOException failure) {
    return new ToolError(
        Exit.FAILED, "standard output took no more: " + failure.getMessage(), failure);
  }
}
