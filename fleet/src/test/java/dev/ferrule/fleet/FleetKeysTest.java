package dev.ferrule.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.fleet.rotation.Generation;
import dev.ferrule.fleet.rotation.KeySet;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslTicketKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetKeysTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final SslTicketKeys derived =
      SslTicketKeys.derived(new byte[32], HOUR, () -> Instant.EPOCH);
  private final FleetKeys keys = new FleetKeys(derived, HOUR);
  private final Generation generation =
      new SealedKeys(FleetSecret.of(new byte[32], "a test").sealing("a")).make(1, 2);
  private final List<byte[]> given = new ArrayList<>();

  private long give() {
    given.clear();
    return keys.give(HOUR, all -> all.forEach(key -> given.add(key.clone())));
  }

  @Test
  void derived_keys_encrypt_until_there_is_one_of_the_fleet_and_decrypt_behind_it() {
    keys.publish(new KeySet(2, null, List.of(generation)));
    give();
    assertThat(given.getFirst()).isNotEqualTo(generation.key());
    assertThat(given.getLast()).isEqualTo(generation.key());
    int all = given.size();
    keys.publish(new KeySet(3, generation, List.of()));
    give();
    assertThat(given).hasSize(all);
    assertThat(given.getFirst()).isEqualTo(generation.key());
  }

  @Test
  void the_same_keys_have_the_same_number_and_others_another() {
    long first = give();
    assertThat(give()).isEqualTo(first).isNotZero();
    assertThat(keys.isPresent(first)).isTrue();
    keys.publish(new KeySet(2, generation, List.of()));
    assertThat(keys.isPresent(first)).isFalse();
    assertThat(keys.isPresent(give())).isTrue();
  }

  @Test
  void tickets_that_would_outlive_the_keys_are_refused() {
    assertThatThrownBy(() -> keys.give(HOUR.plusMillis(1), all -> {}))
        .isInstanceOf(SslConfigException.class);
  }
}
