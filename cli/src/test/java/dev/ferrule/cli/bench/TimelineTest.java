package dev.ferrule.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static Histogram of(long... values) {
    Histogram histogram = new Histogram(Meter.DIGITS);
    for (long each : values) {
      histogram.recordValue(each);
    }
    return histogram;
  }

  @Test
  void a_second_is_told_when_all_loops_were_there_and_percentiles_are_of_all() {
    Timeline timeline = new Timeline(2);
    timeline.add(0, 1, of(100, 100, 100), 3, 10);
    assertThat(timeline.progress().seconds()).isZero();
    timeline.add(1, 1, of(7), 1, 0);
    timeline.add(0, 1, of(900), 1, 20);
    assertThat(timeline.progress().seconds()).isEqualTo(1);
    assertThat(timeline.progress().last()).isEqualTo(new Timeline.Second(1, 4, 30, 100, 900, 900));
  }

  @Test
  void what_one_loop_alone_has_said_is_not_lost_at_the_end() {
    Timeline timeline = new Timeline(2);
    timeline.add(0, 1, of(5), 1, 1);
    assertThat(timeline.all()).containsExactly(new Timeline.Second(1, 1, 1, 5, 5, 5));
  }

  @Test
  void a_histogram_comes_back_empty() {
    Histogram mine = of(1, 2, 3);
    new Timeline(1).add(0, 1, mine, 3, 0);
    assertThat(mine.getTotalCount()).isZero();
  }
}
