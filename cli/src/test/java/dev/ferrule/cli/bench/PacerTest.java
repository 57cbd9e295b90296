package dev.ferrule.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {
  private static final long START = -5; // System.nanoTime may be negative

  @Test
  void times_are_evenly_spread_and_do_not_drift() {
    Pacer pacer = new Pacer(START, 3, 0, 1);
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 3_001; i++) {
      assertThat(pacer.next()).isEqualTo(times.isEmpty() ? START : pacer.next());
      times.add(pacer.take());
    }
    assertThat(times.get(1) - times.get(0)).isEqualTo(333_333_333);
    assertThat(times.get(3_000)).isEqualTo(START + 1_000_000_000_000L);
  }

  @Test
  void loops_take_turns_in_one_rate() {
    Pacer first = new Pacer(START, 1_000, 0, 2);
    Pacer second = new Pacer(START, 1_000, 1, 2);
    assertThat(first.take() - START).isZero();
    assertThat(second.take() - START).isEqualTo(1_000_000);
    assertThat(first.take() - START).isEqualTo(2_000_000);
  }

  @Test
  void what_was_due_is_counted_whether_it_was_taken_or_not() {
    Pacer pacer = new Pacer(START, 1_000, 0, 1);
    assertThat(pacer.dueBefore(START)).isZero();
    assertThat(pacer.dueBefore(START + 1)).isEqualTo(1);
    assertThat(pacer.dueBefore(START + 1_000_000)).isEqualTo(1);
    assertThat(pacer.dueBefore(START + 1_000_001)).isEqualTo(2);
    assertThat(pacer.dueBefore(START + 1_000_000_000)).isEqualTo(1_000);
    long _ = pacer.take();
    assertThat(pacer.taken()).isEqualTo(1);
  }
}
