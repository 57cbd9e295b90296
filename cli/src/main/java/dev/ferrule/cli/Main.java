package dev.ferrule.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry of the {@code ferrule} tool. */
@Command(
    name = "ferrule",
    version = "ferrule 0.1.0-SNAPSHOT",
    mixinStandardHelpOptions = true,
    description = "SSL around TCP sockets.")
public final class Main implements Runnable {
  @Override
  public void run() {
    new CommandLine(this).printVersionHelp(System.out);
  }

  /** Runs the tool and exits with its status. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
