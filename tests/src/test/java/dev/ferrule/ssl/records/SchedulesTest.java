package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.ferrule.spi.Buffers;
import dev.ferrule.testkit.contract.ChunkingLink;
import dev.ferrule.testkit.contract.WirePair;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Data, KeyUpdates, tickets, ends and stalls at random, over links that cut bytes anywhere: all
 * that was sent comes, each end is the right one, and no nonce is used twice. More, others, or one
 * again: {@code -Dferrule.schedules=N -Dferrule.schedules.seed=N}.
 */
@Tag("once")
class SchedulesTest {
  private static final long SEED = Long.getLong("ferrule.schedules.seed", 20260406L);
  private static final int COUNT = Integer.getInteger("ferrule.schedules", 400);

  @Test
  void all_comes_that_was_sent_and_no_nonce_twice() {
    Buffers buffers = new Buffers();
    try (NonceMemory nonces = new NonceMemory()) {
      for (int i = 0; i < COUNT; i++) {
        long seed = SEED + i;
        try {
          new Schedule(new Random(seed * 0x9E3779B97F4A7C15L), buffers).run();
        } catch (IOException | RuntimeException | AssertionError e) {
          fail("-Dferrule.schedules.seed=" + seed, e);
        }
        if (i % 7 == 0) {
          buffers.trim();
        }
      }
      System.out.println(
          "seed " + SEED + ", " + COUNT + " schedules, " + nonces.encryptions() + " records");
      assertThat(nonces.encryptions()).isGreaterThan(COUNT);
      assertThat(nonces.repeated()).isZero();
    }
  }

  /** Each side encrypts with new keys once, and both at different times. */
  @ParameterizedTest
  @EnumSource(RecordSuite.class)
  void two_wires_update_their_keys_before_too_many_records(RecordSuite suite) throws IOException {
    Random random = new Random(SEED);
    Sides sides = Sides.random(suite, random);
    long up = Tls13Wire.RECORDS_PER_KEY - 2;
    long down = Tls13Wire.RECORDS_PER_KEY - 5;
    byte[] data = Inner.random(random, 150_000);
    try (NonceMemory nonces = new NonceMemory();
        WirePair pair =
            WirePair.of(
                HandingOver.maker(sides, false, down, up, null),
                link -> new ChunkingLink(link, SEED),
                HandingOver.maker(sides, true, up, down, null),
                link -> new ChunkingLink(link, -SEED))) {
      pair.client().send(data);
      pair.server().send(data);
      pair.client().close();
      pair.pump();
      pair.server().send(data);
      pair.server().close();
      pair.pump();
      assertThat(pair.client().failure()).isNull();
      assertThat(pair.server().failure()).isNull();
      assertThat(pair.server().received()).isEqualTo(data);
      assertThat(pair.client().received()).isEqualTo(Expected.joined(data, data));
      assertThat(pair.client().isEnded() && pair.server().isEnded()).isTrue();
      assertThat(nonces.differentKeys()).as("two of each side").isEqualTo(4);
      assertThat(nonces.repeated()).isZero();
    }
  }
}
