package dev.ferrule.cli;

/** How much a command says on standard error. */
final class Voice {
  boolean verbose;
  boolean quiet;

  void describe(Description command) {
    command
        .help("-h --help", "Show this help.")
        .flag(Main.DEBUG, on -> {}, "Show the stack trace of an error.") // looked for by Main
        .flag(
            "-v --verbose",
            on -> verbose = on,
            "Say more: certificates, what happens on each connection.")
        .flag("-q --quiet", on -> quiet = on, "Say nothing but errors.");
  }
}
