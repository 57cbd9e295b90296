package dev.ferrule.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * One figure of a target by that of the target it is compared with: the ratio of the medians over
 * the rounds, and how far it spreads. Figures that are 0 have no ratio, which is NaN then.
 *
 * @param figure what is compared
 * @param moreIsBetter whether a ratio above 1 is an advantage
 * @param medians the ratio of the medians
 * @param least the smallest ratio of one round
 * @param most the largest ratio of one round
 * @param low below it are 5 % of the ratios of medians of rounds that were drawn again (bootstrap)
 * @param high above it are 5 %
 */
public record Ratio(
    String figure,
    boolean moreIsBetter,
    double medians,
    double least,
    double most,
    double low,
    double high) {
  private static final int DRAWS = 2_000;
  private static final double TAIL = 0.05;

  /** The figures of a workload, by rounds of which each has been run against both. */
  public static List<Ratio> of(Workload workload, List<Outcome> rounds, List<Outcome> against) {
    List<Ratio> all = new ArrayList<>();
    if (workload.hasOperations()) {
      all.add(of("operations/s", true, Outcome::operationsPerSecond, rounds, against));
    } else if (workload == Workload.IDLE) {
      all.add(of("time to open all", false, Outcome::openedIn, rounds, against));
    } else {
      all.add(of("bytes/s", true, Outcome::bytesPerSecond, rounds, against));
    }
    if (workload.hasLatency()) {
      all.add(of("latency p50", false, each -> each.latencyAt(50), rounds, against));
      all.add(of("latency p99", false, each -> each.latencyAt(99), rounds, against));
    }
    return all;
  }

  private static Ratio of(
      String figure,
      boolean moreIsBetter,
      ToDoubleFunction<Outcome> value,
      List<Outcome> rounds,
      List<Outcome> against) {
    int count = Math.min(rounds.size(), against.size());
    double[] ours = rounds.stream().limit(count).mapToDouble(value).toArray();
    double[] theirs = against.stream().limit(count).mapToDouble(value).toArray();
    return of(figure, moreIsBetter, ours, theirs);
  }

  /** By the values of each round. */
  static Ratio of(String figure, boolean moreIsBetter, double[] ours, double[] theirs) {
    double[] each = new double[ours.length];
    for (int i = 0; i < each.length; i++) {
      each[i] = divided(ours[i], theirs[i]);
    }
    Arrays.sort(each);
    double[] drawn = drawn(ours, theirs);
    int tail = (int) (DRAWS * TAIL);
    boolean none = each.length == 0;
    return new Ratio(
        figure,
        moreIsBetter,
        divided(median(ours), median(theirs)),
        none ? Double.NaN : each[0],
        none ? Double.NaN : each[each.length - 1],
        none ? Double.NaN : drawn[tail],
        none ? Double.NaN : drawn[DRAWS - 1 - tail]);
  }

  /** Ratios of the medians of rounds that are drawn from those there are, in order. */
  private static double[] drawn(double[] ours, double[] theirs) {
    SplittableRandom random = new SplittableRandom(1); // the same for the same figures
    double[] ratios = new double[DRAWS];
    double[] some = new double[ours.length];
    double[] others = new double[ours.length];
    for (int draw = 0; draw < DRAWS && ours.length > 0; draw++) {
      for (int i = 0; i < some.length; i++) {
        int round = random.nextInt(ours.length);
        some[i] = ours[round];
        others[i] = theirs[round];
      }
      ratios[draw] = divided(median(some), median(others));
    }
    Arrays.sort(ratios);
    return ratios;
  }

  private static double divided(double one, double other) {
    return one == 0 || other == 0 ? Double.NaN : one / other;
  }

  static double median(double[] values) {
    if (values.length == 0) {
      return 0;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
