package dev.ferrule.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RatioTest {
  private static Ratio of(double[] ours, double[] theirs) {
    return Ratio.of("figure", true, ours, theirs);
  }

  @Test
  void the_ratio_is_that_of_the_medians_and_the_spread_that_of_each_round() {
    Ratio ratio = of(new double[] {10, 12, 30}, new double[] {10, 6, 10});
    assertThat(ratio.medians()).isCloseTo(1.2, within(1e-9));
    assertThat(ratio.least()).isCloseTo(1, within(1e-9));
    assertThat(ratio.most()).isCloseTo(3, within(1e-9));
    assertThat(ratio.low()).isBetween(0.5, ratio.medians());
    assertThat(ratio.high()).isBetween(ratio.medians(), 5.0);
  }

  @Test
  void the_same_figures_give_the_same_ratio_each_time() {
    double[] ours = {3, 1, 4, 1, 5};
    double[] theirs = {2, 7, 1, 8, 2};
    assertThat(of(ours, theirs)).isEqualTo(of(ours, theirs));
  }

  @Test
  void rounds_that_are_alike_have_no_spread() {
    Ratio ratio = of(new double[] {6, 6, 6, 6}, new double[] {3, 3, 3, 3});
    assertThat(ratio.low()).isEqualTo(2);
    assertThat(ratio.high()).isEqualTo(2);
  }

  @Test
  void nothing_measured_is_no_ratio() {
    assertThat(of(new double[] {0}, new double[] {1}).medians()).isNaN();
    assertThat(of(new double[] {1}, new double[] {0}).medians()).isNaN();
    assertThat(of(new double[0], new double[0]).least()).isNaN();
  }

  @Test
  void the_median_of_an_even_number_lies_between_two() {
    assertThat(Ratio.median(new double[] {4, 1, 2, 3})).isEqualTo(2.5);
    assertThat(Ratio.median(new double[0])).isZero();
  }
}
