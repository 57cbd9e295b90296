package dev.ferrule.ssl.tickets;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplacedKeysTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final SetClock clock = new SetClock();
  private final ReplacedKeys keys = new ReplacedKeys(given(1, 2), clock);

  private static byte[] key(int seed) {
    byte[] made = new byte[TicketKeys.LENGTH];
    new Random(seed).nextBytes(made);
    return made;
  }

  private static GivenKeys given(int... seeds) {
    return GivenKeys.of(Arrays.stream(seeds).mapToObj(ReplacedKeysTest::key).toList(), "here");
  }

  private static List<String> hex(int... seeds) {
    return Arrays.stream(seeds).mapToObj(seed -> HexFormat.of().formatHex(key(seed))).toList();
  }

  private List<String> now(Duration lifetime) {
    List<String> taken = new ArrayList<>();
    long number =
        keys.give(lifetime, all -> all.forEach(key -> taken.add(HexFormat.of().formatHex(key))));
    assertThat(keys.isPresent(number)).isTrue();
    return taken;
  }

  @Test
  void the_next_keys_go_before_those_that_are_gone() {
    assertThat(now(HOUR)).isEqualTo(hex(1, 2));
    assertThat(keys.isPresent(0)).isFalse();
    assertThat(keys.replace(given(3, 1))).isEqualTo(1);
    assertThat(now(HOUR)).isEqualTo(hex(3, 1, 2));
    assertThat(keys.replace(given(4))).isEqualTo(1);
    assertThat(now(HOUR)).isEqualTo(hex(4, 3, 1, 2));
  }

  @Test
  void whoever_has_the_old_ones_learns_of_the_next() {
    long number = keys.give(HOUR, all -> {});
    keys.replace(given(1, 2));
    assertThat(keys.isPresent(number)).isFalse();
  }

  @Test
  void a_key_that_is_gone_decrypts_for_the_longest_lifetime_and_a_minute() {
    now(HOUR);
    now(HOUR.multipliedBy(2));
    clock.advance(HOUR);
    keys.replace(given(3));
    long number = keys.give(HOUR, all -> {});
    clock.advance(Duration.ofHours(2).plusSeconds(59));
    assertThat(keys.isPresent(number)).isTrue();
    assertThat(now(HOUR)).isEqualTo(hex(3, 1, 2));
    clock.advance(Duration.ofSeconds(1));
    assertThat(keys.isPresent(number)).isFalse();
    assertThat(now(HOUR)).isEqualTo(hex(3));
    assertThat(keys.isPresent(number)).as("one who did not ask yet").isFalse();
  }

  @Test
  void a_key_that_comes_back_is_one_of_the_keys_again() {
    keys.replace(given(3));
    assertThat(keys.replace(given(2, 3))).isEqualTo(1);
    assertThat(now(HOUR)).isEqualTo(hex(2, 3, 1));
    clock.advance(HOUR.multipliedBy(3));
    assertThat(now(HOUR)).isEqualTo(hex(2, 3));
  }

  @Test
  void what_is_forgotten_decrypts_no_more() {
    keys.replace(given(3, 2));
    long number = keys.give(HOUR, all -> {});
    keys.forget();
    assertThat(keys.isPresent(number)).isFalse();
    assertThat(now(HOUR)).isEqualTo(hex(3, 2));
  }

  @Test
  void no_more_decrypt_than_can_be_compared() {
    for (int i = 3; i < 400; i++) {
      keys.replace(given(i));
    }
    assertThat(now(HOUR)).hasSize(TicketKeys.MOST).startsWith(hex(399, 398).toArray(String[]::new));
  }

  @Test
  void what_is_handed_out_is_wiped_and_what_is_kept_is_not() {
    List<byte[]> taken = new ArrayList<>();
    keys.replace(given(3));
    keys.give(HOUR, taken::addAll);
    assertThat(taken).hasSize(3).allSatisfy(key -> assertThat(key).containsOnly(0));
    assertThat(now(HOUR)).isEqualTo(hex(3, 1, 2));
  }
}
