package dev.ferrule.tests.model;

import java.util.ArrayList;
import java.util.List;

/** Finds a smaller program that fails too, by leaving out steps. */
final class Shrinker {
  private Shrinker() {}

  static Program shrink(Program failing) {
    Program smallest = failing;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (int i = smallest.steps().size() - 1; i >= 0; i--) {
        List<Step> fewer = new ArrayList<>(smallest.steps());
        fewer.remove(i);
        Program candidate = smallest.with(fewer);
        if (fails(candidate)) {
          smallest = candidate;
          smaller = true;
        }
      }
    }
    return smallest;
  }

  private static boolean fails(Program program) {
    try {
      Simulation.run(program);
      return false;
    } catch (ModelFailure e) {
      return true;
    }
  }
}
