package dev.ferrule.fleet.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.SslConfigException;
import org.junit.jupiter.api.Test;

class AddressCountsTest {
  private static final LimitRules RULES = new LimitRules(10, 10_000, 1_000);

  private final AddressCounts counts = new AddressCounts(RULES);

  private int taken(long address, int times, long now) {
    int taken = 0;
    for (int i = 0; i < times; i++) {
      taken += counts.takeFull(address, now) ? 1 : 0;
    }
    return taken;
  }

  @Test
  void the_limit_may_come_at_once_and_grows_back_evenly() {
    assertThat(taken(1, 100, 0)).isEqualTo(10);
    assertThat(taken(1, 100, 999)).isZero();
    assertThat(taken(1, 100, 3_000)).isEqualTo(3);
    assertThat(taken(1, 100, 1_000_000)).isEqualTo(10);
    assertThat(taken(2, 100, 0)).isEqualTo(10);
    assertThat(counts.refused()).isEqualTo(90 + 100 + 97 + 90 + 90);
  }

  @Test
  void who_asks_to_resume_may_exceed_it_by_as_much_and_does_not_count_when_it_did() {
    assertThat(taken(1, 10, 0)).isEqualTo(10);
    assertThat(counts.takeResuming(1, 0)).isTrue();
    counts.giveBack(1, 0);
    counts.giveBack(1, 0);
    assertThat(taken(1, 5, 0)).isEqualTo(1);
    for (int i = 0; i < 10; i++) {
      assertThat(counts.takeResuming(1, 0)).isTrue();
    }
    assertThat(counts.takeResuming(1, 0)).isFalse();
  }

  @Test
  void what_others_counted_is_taken_off_but_for_what_came_back_meanwhile() {
    counts.hear(1, 10, 0);
    assertThat(taken(1, 100, 0)).as("the slack").isEqualTo(2);
    counts.hear(1, -4, 0);
    assertThat(taken(1, 100, 0)).isEqualTo(4);
  }

  @Test
  void others_give_back_no_more_than_what_they_counted() {
    assertThat(taken(1, 10, 0)).isEqualTo(10);
    counts.hear(1, 2, 0);
    counts.hear(1, -1e18, 0);
    assertThat(taken(1, 100, 0)).isZero();
  }

  @Test
  void a_huge_count_of_somebody_refuses_for_sixteen_times_the_time_at_most() {
    counts.hear(1, 1e18, 0);
    counts.hear(1, Double.MAX_VALUE, 0);
    counts.hearAll(1, 1e300, 0);
    assertThat(taken(1, 1, 0)).isZero();
    assertThat(taken(1, 1, 16 * RULES.time())).isEqualTo(1);
    assertThat(taken(1, 100, 17 * RULES.time())).isEqualTo(10);
  }

  @Test
  void of_a_million_addresses_it_knows_the_last() {
    for (long address = 0; address < 1_000_000; address++) {
      assertThat(counts.takeFull(address, 0)).isTrue();
    }
    assertThat(counts.size()).isEqualTo(LimitRules.MOST_KNOWN);
    assertThat(counts.takeChanges()).hasSize(LimitRules.MOST_KNOWN);
    assertThat(taken(999_999, 100, 0)).isEqualTo(9);
  }

  @Test
  void a_time_in_which_servers_could_not_hear_of_each_other_is_refused() {
    assertThatThrownBy(() -> new LimitRules(10, 3_999, 1_000))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("4000 ms");
    assertThatThrownBy(() -> new LimitRules(0, 10_000, 1_000))
        .isInstanceOf(SslConfigException.class);
  }
}
