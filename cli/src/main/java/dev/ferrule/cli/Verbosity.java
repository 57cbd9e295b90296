package dev.ferrule.cli;

/** How much a command says on standard error. */
final class Verbosity {
  boolean verbose;
  boolean quiet;

  void describe(Description command) {
    command
        .help("-h --help", "Show this help.")
        .flag(Main.DEBUG, _ -> {}, "Show the stack trace of an error.") // looked for by Main
        .flag(
            "-v --verbose",
            value -> verbose = value,
            "Say more: certificates, what happens on each connection.")
        .flag("-q --quiet", value -> quiet = value, "Say nothing but errors.");
  }
}
