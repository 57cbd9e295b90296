package dev.ferrule.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.fleet.rotation.FleetStore.Entry;
import dev.ferrule.fleet.rotation.FleetStore.Sealed;
import dev.ferrule.fleet.rotation.Generation;
import dev.ferrule.ssl.SslConfigException;
import org.junit.jupiter.api.Test;

class SealedKeysTest {
  private static final FleetSecret SECRET = FleetSecret.of(new byte[32], "a test");

  private final SealedKeys keys = new SealedKeys(SECRET.sealing("a"));

  private static Entry entry(String id, byte[] sealed) {
    return new Entry(id, 0, new Sealed(sealed));
  }

  @Test
  void who_has_the_secret_opens_what_another_has_sealed() {
    Generation made = keys.make(10, 20);
    Generation opened = new SealedKeys(SECRET.sealing("a")).open(entry(made.id(), made.sealed()));
    assertThat(opened.key()).isEqualTo(made.key()).hasSize(48);
    assertThat(opened.activation()).isEqualTo(10);
    assertThat(opened.expiry()).isEqualTo(20);
  }

  @Test
  void another_fleet_or_secret_opens_nothing() {
    Generation made = keys.make(10, 20);
    byte[] other = new byte[32];
    other[0] = 1;
    Entry entry = entry(made.id(), made.sealed());
    assertThat(new SealedKeys(SECRET.sealing("b")).open(entry)).isNull();
    assertThat(new SealedKeys(FleetSecret.of(other, "it").sealing("a")).open(entry)).isNull();
  }

  @Test
  void each_changed_bit_and_each_other_name_is_refused() {
    Generation made = keys.make(10, 20);
    for (int bit = 0; bit < made.sealed().length * 8; bit++) {
      byte[] changed = made.sealed().clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(keys.open(entry(made.id(), changed))).as("bit %d", bit).isNull();
    }
    assertThat(keys.open(entry("0123456789abcdef", made.sealed()))).isNull();
    assertThat(keys.open(entry(made.id(), new byte[0]))).isNull();
  }

  @Test
  void a_short_secret_is_refused() {
    assertThatThrownBy(() -> FleetSecret.of(new byte[31], "FILE"))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("FILE has 31 bytes");
  }
}
