package dev.ferrule.fleet.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.fleet.limits.CountStore.Answer;
import dev.ferrule.fleet.limits.CountStore.Count;
import dev.ferrule.fleet.limits.CountStore.Sum;
import dev.ferrule.fleet.rotation.StoreException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountExchangeTest {
  private static final LimitRules RULES = new LimitRules(10, 10_000, 1_000);

  private final AddressCounts counts = new AddressCounts(RULES);
  private final CountExchange exchange = new CountExchange(RULES, counts);
  private final List<Count> said = new ArrayList<>();
  private long now;

  private void exchange(long window, double used, long previous, long current) {
    said.clear();
    exchange.make(
        all -> {
          said.addAll(all);
          return new Answer(
              window, all.stream().map(each -> new Sum(previous, current, used)).toList());
        },
        () -> now);
  }

  private int room() {
    int room = 0;
    while (counts.takeFull(1, now)) {
      room++;
    }
    return room;
  }

  @Test
  void what_was_counted_is_told_once_and_then_only_asked_about() {
    exchange(5, 0, 0, 0);
    counts.takeFull(1, now);
    counts.takeFull(1, now);
    exchange(5, 0, 0, 2);
    assertThat(said).containsExactly(new Count(1, 2));
    exchange(5, 0, 0, 2);
    assertThat(said).containsExactly(new Count(1, 0));
    assertThat(room()).isEqualTo(8);
  }

  @Test
  void what_others_counted_meanwhile_is_taken_off_over_the_end_of_a_window_too() {
    exchange(5, 0, 0, 0);
    counts.takeFull(1, now);
    exchange(5, 0, 0, 1);
    exchange(5, 0, 0, 4); // three of others
    exchange(6, 0, 6, 1); // two more before its end, and one since
    assertThat(room()).isEqualTo(10 - 1 - 6 + 2);
  }

  @Test
  void an_address_that_is_new_here_has_used_what_the_store_says() {
    exchange(5, 0, 0, 0);
    counts.takeFull(1, now);
    exchange(5, 7, 3, 12);
    assertThat(room()).as("with the slack").isEqualTo(10 - 7 + 2);
  }

  @Test
  void counts_from_before_a_pause_are_not_told_and_none_are_taken_off_for_it() {
    exchange(5, 0, 0, 0);
    counts.takeFull(1, now);
    exchange(5, 0, 0, 1);
    counts.takeFull(1, now);
    now = 1_001;
    exchange(5, 0, 0, 1);
    assertThat(said).containsExactly(new Count(1, 0));
  }

  @Test
  void a_store_that_does_not_answer_leaves_the_server_its_own_counts() {
    exchange(5, 0, 0, 0);
    counts.takeFull(1, now);
    CountStore gone =
        all -> {
          throw new StoreException("gone", new Exception());
        };
    assertThatThrownBy(() -> exchange.make(gone, () -> now)).isInstanceOf(StoreException.class);
    assertThat(room()).isEqualTo(9);
    exchange(5, 0, 0, 0);
    assertThat(said).containsExactly(new Count(1, 9));
  }

  @Test
  void of_a_million_addresses_the_busiest_are_shared() {
    exchange(5, 0, 0, 0);
    for (long address = 1; address <= 1_000_000; address++) {
      counts.takeFull(address, now);
    }
    counts.takeFull(1_000, now);
    exchange(5, 0, 0, 1);
    assertThat(said).hasSize(LimitRules.MOST_SHARED).contains(new Count(1_000, 1 + 1));
    exchange(5, 0, 0, 1);
    assertThat(said).hasSizeLessThanOrEqualTo(LimitRules.MOST_SHARED);
    now = 10_000;
    exchange(6, 0, 0, 0);
    assertThat(exchange.size()).isZero();
  }
}
