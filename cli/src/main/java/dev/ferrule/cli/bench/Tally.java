package dev.ferrule.cli.bench;

import java.util.Map;
import java.util.TreeMap;

/** Failures by their code, with the sentence of the first of each. Belongs to one thread. */
final class Tally {
  /** Codes that are counted by themselves; there are fewer. */
  private static final int MOST_CODES = 100;

  private static final String OTHER = "OTHER";

  private final TreeMap<String, Failure> failures = new TreeMap<>();

  void add(String code, String sentence) {
    add(code, new Failure(1, sentence));
  }

  void addAll(Map<String, Failure> others) {
    others.forEach(this::add);
  }

  private void add(String code, Failure failure) {
    String key = failures.containsKey(code) || failures.size() < MOST_CODES ? code : OTHER;
    failures.merge(key, failure, Failure::plus);
  }

  /** A copy, in the order of the codes. */
  Map<String, Failure> all() {
    return new TreeMap<>(failures);
  }
}
