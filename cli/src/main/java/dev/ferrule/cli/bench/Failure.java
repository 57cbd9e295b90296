package dev.ferrule.cli.bench;

/**
 * What failed in one way.
 *
 * @param count how often
 * @param example the sentence of the first
 */
public record Failure(long count, String example) {
  Failure plus(Failure later) {
    return new Failure(count + later.count, example);
  }
}
