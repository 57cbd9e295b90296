package dev.ferrule.tests.model;

import dev.ferrule.tests.model.Program.Kind;

/** Runs programs, and prints the smallest one that fails. */
final class Programs {
  private static final long SEED = Long.getLong("dev.ferrule.model.seed", 1);

  private Programs() {}

  /** So many programs, or as many as the system property says. */
  static void run(Kind kind, int count) {
    int programs = Integer.getInteger("dev.ferrule.model.programs", count);
    for (int i = 0; i < programs; i++) {
      Program program = Program.random(SEED + i, kind);
      try {
        Simulation.run(program);
      } catch (ModelFailure e) {
        throw report(program, e);
      }
    }
  }

  private static AssertionError report(Program program, ModelFailure failure) {
    Program smallest = Shrinker.shrink(program);
    String text =
        failure.getMessage()
            + "\n  the "
            + program
            + "\n  fails, and so does the "
            + smallest
            + "\n  in which happened last:\n    "
            + Simulation.trace(smallest);
    return new AssertionError(text, failure);
  }
}
