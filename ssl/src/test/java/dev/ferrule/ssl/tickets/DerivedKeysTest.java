package dev.ferrule.ssl.tickets;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.SslConfigException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerivedKeysTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(US_ASCII);

  private final SetClock clock = new SetClock();

  private static DerivedKeys keys(SetClock clock) {
    return new DerivedKeys(SECRET, "the secret", HOUR, clock);
  }

  private static List<String> now(TicketKeys keys, Duration lifetime) {
    List<String> taken = new ArrayList<>();
    keys.give(lifetime, all -> all.forEach(key -> taken.add(HexFormat.of().formatHex(key))));
    return taken;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 59, -1, -59})
  void what_one_encrypts_another_decrypts_whose_clock_differs_by_less_than_a_period(long minutes) {
    SetClock other = new SetClock();
    other.advance(Duration.ofMinutes(minutes));
    DerivedKeys here = keys(clock);
    DerivedKeys there = keys(other);
    for (int i = 0; i < 130; i++) {
      List<String> ours = now(here, HOUR);
      List<String> theirs = now(there, HOUR);
      assertThat(theirs).contains(ours.getFirst());
      assertThat(ours).contains(theirs.getFirst());
      clock.advance(Duration.ofMinutes(1));
      other.advance(Duration.ofMinutes(1));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 60, 61, 600})
  void a_ticket_is_decrypted_for_its_lifetime_and_the_difference_of_the_clocks(long minutes) {
    Duration lifetime = Duration.ofMinutes(minutes);
    SetClock ahead = new SetClock();
    ahead.advance(Duration.ofMinutes(59));
    DerivedKeys there = keys(ahead);
    DerivedKeys here = keys(clock);
    for (int i = 0; i < 60; i++) { // at each minute of a period
      String encrypting = now(here, lifetime).getFirst();
      ahead.advance(lifetime);
      assertThat(now(there, lifetime)).contains(encrypting);
      ahead.advance(lifetime.negated().plusMinutes(1));
      clock.advance(Duration.ofMinutes(1));
    }
  }

  @Test
  void the_keys_are_those_of_the_present_the_next_and_the_past_periods() {
    DerivedKeys keys = keys(clock);
    List<String> before = now(keys, HOUR);
    assertThat(before).hasSize(4).doesNotHaveDuplicates();
    clock.advance(HOUR);
    List<String> after = now(keys, HOUR);
    assertThat(after.getFirst()).as("the next has become the present").isEqualTo(before.get(1));
    assertThat(after)
        .containsSubsequence(before.get(0), before.get(2))
        .doesNotContain(before.get(3));
  }

  @Test
  void another_secret_or_period_has_other_keys() {
    byte[] changed = SECRET.clone();
    changed[31] ^= 1;
    List<String> usual = now(keys(clock), HOUR);
    assertThat(now(new DerivedKeys(changed, "it", HOUR, clock), HOUR))
        .doesNotContainAnyElementsOf(usual);
    assertThat(now(new DerivedKeys(SECRET, "it", HOUR.multipliedBy(2), clock), HOUR))
        .doesNotContainAnyElementsOf(usual);
  }

  @Test
  void the_number_changes_with_the_period_and_when_the_clock_is_set_back() {
    DerivedKeys keys = keys(clock);
    long number = keys.give(HOUR, all -> {});
    assertThat(keys.isPresent(number)).isTrue();
    assertThat(keys.isPresent(0)).isFalse();
    clock.advance(HOUR);
    assertThat(keys.isPresent(number)).isFalse();
    clock.advance(HOUR.negated());
    assertThat(keys.isPresent(number)).isTrue();
    clock.advance(HOUR.negated());
    assertThat(keys.isPresent(number)).isFalse();
  }

  @Test
  void the_secrets_array_stays_the_callers() {
    byte[] secret = SECRET.clone();
    DerivedKeys keys = new DerivedKeys(secret, "the secret", HOUR, clock);
    assertThat(secret).isEqualTo(SECRET);
    Arrays.fill(secret, (byte) 0);
    assertThat(now(keys, HOUR)).isEqualTo(now(keys(clock), HOUR));
  }

  @Test
  void a_short_secret_is_refused_and_not_shown() {
    assertThatThrownBy(() -> new DerivedKeys(Arrays.copyOf(SECRET, 31), "the secret", HOUR, clock))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("the secret has 31 bytes")
        .hasMessageNotContaining("0123");
  }

  /** RFC 5869, said once more with HMAC, so that versions of this library agree. */
  @Test
  void a_key_is_hkdf_of_the_secret_by_the_length_and_number_of_the_period() throws Exception {
    byte[] salt = "ferrule session ticket keys 1".getBytes(US_ASCII);
    byte[] extracted = hmac(salt, SECRET);
    long hour = HOUR.toMillis();
    byte[] info = ByteBuffer.allocate(16).putLong(hour).putLong(clock.millis() / hour).array();
    byte[] first = hmac(extracted, info, new byte[] {1});
    byte[] second = hmac(extracted, first, info, new byte[] {2});
    String expected = HexFormat.of().formatHex(first) + HexFormat.of().formatHex(second);
    assertThat(now(keys(clock), HOUR).getFirst()).isEqualTo(expected.substring(0, 96));
  }

  private static byte[] hmac(byte[] key, byte[]... parts) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    for (byte[] part : parts) {
      mac.update(part);
    }
    return mac.doFinal();
  }
}
