package dev.ferrule.cli;

/** How much a command says on standard error. */
final class Verbosity {
  boolean verbose;
  boolean quiet;

  void describe(Description command) {
    always(command)
        .flag(
            "-v --verbose",
            value -> verbose = value,
            "Say more: certificates, what happens on each connection.");
    quiet(command, "Say nothing on standard error but errors; results are printed all the same.");
  }

  /** For a command that has no more to say. */
  void describeQuiet(Description command, String about) {
    quiet(always(command), about);
  }

  private static Description always(Description command) {
    return command
        .help("-h --help", "Show this help.")
        .flag(Main.DEBUG, _ -> {}, "Show the stack trace of an error."); // looked for by Main
  }

  private void quiet(Description command, String about) {
    command.flag("-q --quiet", value -> quiet = value, about);
  }
}
