package dev.ferrule.cli.bench;

import java.time.Instant;
import java.util.List;

/**
 * All that was measured.
 *
 * @param started when
 * @param version of the tool
 * @param load what was done in each round
 * @param loops on how many
 * @param targets one, or two that are compared
 * @param interrupted whether somebody asked for the end before it was over
 */
public record Result(
    Instant started,
    String version,
    Load load,
    int loops,
    List<Target> targets,
    boolean interrupted) {
  /**
   * What was measured of one target.
   *
   * @param reached the target
   * @param rounds of it, in their order
   * @param total all rounds as one
   */
  public record Target(Reached reached, List<Outcome> rounds, Outcome total) {
    /** From its rounds. */
    public static Target of(Reached reached, List<Outcome> rounds) {
      return new Target(reached, List.copyOf(rounds), Outcome.of(rounds));
    }

    /** As the user wrote it. */
    public String name() {
      return reached.site().text();
    }
  }

  /** Of two targets, the first by the second; none of one. */
  public List<Ratio> ratios() {
    return targets.size() < 2
        ? List.of()
        : Ratio.of(load.workload(), targets.get(0).rounds(), targets.get(1).rounds());
  }
}
