package dev.ferrule.cli;

import picocli.CommandLine.Option;

/** How much a command says on standard error. */
final class Voice {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Option(names = "--debug", description = "Show the stack trace of an error.")
  boolean debug;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say more: certificates, what happens on each connection.")
  boolean verbose;

  @Option(
      names = {"-q", "--quiet"},
      description = "Say nothing but errors.")
  boolean quiet;
}
