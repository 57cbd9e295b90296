package dev.ferrule.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.fleet.FleetServer.Shown;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What stands in the store besides ticket keys. */
class SealedBytesTest {
  private static final byte[] TEXT = "a private key".getBytes(StandardCharsets.US_ASCII);

  private static FleetSecret secret(int octet) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) octet);
    return FleetSecret.of(bytes, "a test");
  }

  private final SealedBytes sealing = new SealedBytes(secret(1).certificates("a"));

  @Test
  void the_same_secret_purpose_and_name_open_it() {
    byte[] sealed = sealing.seal("web", 7, TEXT);
    assertThat(new SealedBytes(secret(1).certificates("a")).open("web", sealed)).isEqualTo(TEXT);
    assertThat(SealedBytes.number(sealed)).isEqualTo(7);
    assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("private");
  }

  @Test
  void another_secret_purpose_fleet_or_name_does_not() {
    byte[] sealed = sealing.seal("web", 7, TEXT);
    assertThat(sealing.open("other", sealed)).isNull();
    for (SealedBytes each :
        List.of(
            new SealedBytes(secret(2).certificates("a")),
            new SealedBytes(secret(1).certificates("b")),
            new SealedBytes(secret(1).reports("a")),
            new SealedBytes(secret(1).sealing("a")))) {
      assertThat(each.open("web", sealed)).isNull();
    }
  }

  @Test
  void no_bit_of_it_can_be_changed_and_no_byte_taken_away() {
    byte[] sealed = sealing.seal("web", 7, TEXT);
    for (int bit = 0; bit < sealed.length * 8; bit++) {
      byte[] changed = sealed.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(sealing.open("web", changed)).as("bit %d", bit).isNull();
    }
    for (int length = 0; length < sealed.length; length++) {
      assertThat(sealing.open("web", Arrays.copyOf(sealed, length))).isNull();
    }
  }

  @Test
  void a_report_is_read_as_it_was_written_and_half_a_one_is_none() {
    FleetServer server =
        new FleetServer(
            "1-a",
            "host",
            FleetStatus.State.SHARED,
            "0f",
            List.of("web"),
            List.of(new Shown("ab", Instant.ofEpochSecond(9))),
            Duration.ZERO);
    byte[] bytes = server.encoded();
    assertThat(FleetServer.decoded("1-a", bytes, Duration.ZERO)).isEqualTo(server);
    for (int length = 0; length < bytes.length; length++) {
      assertThat(FleetServer.decoded("1-a", Arrays.copyOf(bytes, length), Duration.ZERO)).isNull();
    }
  }
}
