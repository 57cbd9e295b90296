package dev.ferrule.ssl.tickets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.SslConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotatedKeysTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String ZEROS = "00".repeat(TicketKeys.LENGTH);

  private final SetClock clock = new SetClock();
  private final RotatedKeys keys = new RotatedKeys(HOUR, clock);

  private List<String> now(Duration lifetime) {
    List<String> taken = new ArrayList<>();
    keys.give(lifetime, all -> all.forEach(key -> taken.add(HexFormat.of().formatHex(key))));
    return taken;
  }

  @Test
  void nothing_changes_within_a_period() {
    long number = keys.give(HOUR, all -> {});
    List<String> first = now(HOUR);
    clock.advance(HOUR.minusMillis(1));
    assertThat(keys.isPresent(number)).isTrue();
    assertThat(now(HOUR)).isEqualTo(first).hasSize(1).doesNotContain(ZEROS);
    assertThat(keys.isPresent(0)).as("before any were given").isFalse();
  }

  @Test
  void the_newest_encrypts_and_the_older_ones_follow() {
    List<String> first = now(HOUR);
    long number = keys.give(HOUR, all -> {});
    clock.advance(HOUR);
    assertThat(keys.isPresent(number)).isFalse();
    List<String> second = now(HOUR);
    assertThat(second).hasSize(2).endsWith(first.getFirst()).doesNotHaveDuplicates();
  }

  @Test
  void a_key_decrypts_until_the_tickets_of_its_period_have_expired_and_a_minute() {
    Duration lifetime = Duration.ofMinutes(150);
    String first = now(lifetime).getFirst();
    clock.advance(HOUR.plus(lifetime).plusSeconds(59));
    assertThat(now(lifetime)).contains(first);
    clock.advance(HOUR);
    assertThat(now(lifetime)).doesNotContain(first);
  }

  @Test
  void the_longest_lifetime_of_those_who_ask_counts() {
    String first = now(Duration.ofHours(10)).getFirst();
    clock.advance(Duration.ofHours(9));
    assertThat(now(Duration.ofHours(1))).contains(first);
  }

  @Test
  void a_clock_that_is_set_back_costs_no_key_and_does_not_stop_rotation() {
    String first = now(HOUR).getFirst();
    clock.advance(Duration.ofDays(-400));
    List<String> back = now(HOUR);
    assertThat(back).hasSize(2).contains(first);
    clock.advance(HOUR);
    assertThat(now(HOUR)).hasSize(3).contains(first);
    clock.advance(Duration.ofHours(3));
    assertThat(now(HOUR)).hasSize(1);
  }

  @Test
  void a_clock_that_jumps_about_does_not_make_more_keys_than_the_most() {
    for (int i = 0; i < 2 * TicketKeys.MOST; i++) {
      clock.advance(Duration.ofSeconds(-1));
      now(HOUR);
    }
    assertThat(now(HOUR)).hasSize(TicketKeys.MOST).doesNotContain(ZEROS);
  }

  @Test
  void keys_that_are_handed_out_are_wiped_behind_the_taker() {
    List<byte[]> kept = new ArrayList<>();
    keys.give(HOUR, kept::addAll);
    assertThat(kept).hasSize(1).allMatch(key -> HexFormat.of().formatHex(key).equals(ZEROS));
    assertThat(now(HOUR)).doesNotContain(ZEROS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT0.999S", "PT8760H0.001S", "-PT1H"})
  void a_period_that_cannot_be_kept_is_refused(String period) {
    assertThatThrownBy(() -> new RotatedKeys(Duration.parse(period), clock))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("1 second to 365 days, not " + Duration.parse(period));
  }

  @Test
  void a_period_that_would_make_too_many_keys_is_refused_when_the_lifetime_is_known() {
    RotatedKeys hasty = new RotatedKeys(Duration.ofMinutes(1), clock);
    hasty.give(HOUR, all -> {});
    assertThatThrownBy(() -> hasty.give(Duration.ofDays(2), all -> {}))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("more than 256 at once");
  }

  @Test
  void threads_that_ask_at_a_rotation_get_the_same_keys_and_never_wiped_ones() throws Exception {
    Map<Long, String> encrypting = new ConcurrentHashMap<>();
    List<Future<?>> all = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        all.add(threads.submit(() -> ask(encrypting)));
      }
    }
    for (Future<?> each : all) {
      each.get();
    }
    assertThat(encrypting).hasSizeGreaterThan(100).doesNotContainValue(ZEROS);
  }

  private void ask(Map<Long, String> encrypting) {
    for (int i = 0; i < 2_000; i++) {
      clock.advance(Duration.ofMinutes(10));
      String[] first = new String[1];
      long number =
          keys.give(
              HOUR,
              all -> {
                first[0] = HexFormat.of().formatHex(all.getFirst());
                assertThat(all).noneMatch(key -> HexFormat.of().formatHex(key).equals(ZEROS));
              });
      assertThat(encrypting.merge(number, first[0], (before, _) -> before)).isEqualTo(first[0]);
    }
  }
}
