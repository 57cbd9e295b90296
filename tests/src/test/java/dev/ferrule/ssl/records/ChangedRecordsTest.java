package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.ferrule.spi.Buffers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Records that a peer may send, changed before they are protected or on their way: each ends in the
 * alert that RFC 8446 asks for, and what is received is what was sent before. More, others, or one
 * again: {@code -Dferrule.changes=1000000 -Dferrule.changes.seed=N}.
 */
@Tag("once")
class ChangedRecordsTest {
  private static final long SEED = Long.getLong("ferrule.changes.seed", 20260405L);
  private static final int COUNT = Integer.getInteger("ferrule.changes", 20_000);
  private static final int SIDES = 16;

  private enum Where {
    NOWHERE,
    BEFORE,
    AFTER,
    BOTH
  }

  private final Buffers buffers = new Buffers();
  private final List<Sides> sides = new ArrayList<>();
  private final Map<Expected.End, Integer> ends = new EnumMap<>(Expected.End.class);
  private final Map<String, Integer> refusals = new TreeMap<>();

  ChangedRecordsTest() {
    Random random = new Random(SIDES);
    for (int i = 0; i < SIDES; i++) {
      sides.add(
          Sides.random(
              i % 2 == 0 ? RecordSuite.TLS_AES_128_GCM_SHA256 : RecordSuite.TLS_AES_256_GCM_SHA384,
              random));
    }
  }

  @Test
  void each_ends_in_the_right_alert() {
    run(COUNT, Where.BEFORE, Where.AFTER, Where.BOTH);
    assertThat(ends.keySet()).containsExactlyInAnyOrder(Expected.End.values());
    assertThat(refusals.keySet())
        .contains(
            "[bad_record_mac]",
            "[decode_error]",
            "[illegal_parameter]",
            "[record_overflow]",
            "[unexpected_message]");
  }

  @Test
  void unchanged_ones_are_received() {
    run(COUNT / 10, Where.NOWHERE);
    assertThat(refusals).isEmpty();
  }

  private void run(int count, Where... places) {
    for (int i = 0; i < count; i++) {
      long seed = SEED + i;
      try {
        one(new Random(seed * 0x9E3779B97F4A7C15L), places);
      } catch (IOException | RuntimeException | AssertionError e) {
        fail("-Dferrule.changes.seed=" + seed + " " + Arrays.toString(places), e);
      }
    }
    System.out.println("seed " + SEED + ", " + count + " records: " + ends + " " + refusals);
  }

  private void one(Random random, Where... places) throws IOException {
    Where where = places[random.nextInt(places.length)];
    boolean server = random.nextBoolean();
    Sides both = sides.get(random.nextInt(SIDES));
    long read = random.nextInt(1 << 20);
    long written = random.nextLong(1L << 40);
    PeerKeys keys = both.towards(server, read);
    List<Inner> inner = Inner.valid(random, server);
    Changes changes = new Changes(random);
    for (int n = changes(random, where, Where.BEFORE); n > 0; n--) {
      changes.before(inner);
    }
    List<byte[]> records = new ArrayList<>();
    for (Inner record : inner) {
      records.add(record.sealed(keys));
    }
    for (int n = changes(random, where, Where.AFTER); n > 0; n--) {
      changes.after(records);
    }
    byte[] link = Expected.joined(records.toArray(byte[][]::new));
    Expected expected = new Expected(server, both.towards(server, read), link);
    count(expected);

    @Nullable CopiedTickets tickets = !server && random.nextBoolean() ? new CopiedTickets() : null;
    Receiver receiver =
        new Receiver(
            new MemoryEnd(link, pieces(random)),
            buffers,
            HandingOver.maker(both, server, read, written, tickets));
    String fault = receiver.fault(expected, both.behind(server, written));
    assertThat(fault).as("expected %s", expected).isNull();
    assertThat(Arrays.equals(receiver.data(), expected.data())).as("the same data").isTrue();
    assertThat(isPrefix(receiver.data(), sent(inner))).as("what was sent").isTrue();
    assertThat(tickets == null || tickets.releases() == 1).as("released once").isTrue();
  }

  private void count(Expected expected) {
    ends.merge(expected.end(), 1, Integer::sum);
    if (expected.end() == Expected.End.REFUSED) {
      refusals.merge(expected.alerts().toString(), 1, Integer::sum);
    }
  }

  private static int changes(Random random, Where where, Where place) {
    return where == place || where == Where.BOTH ? 1 + random.nextInt(4) / 3 : 0;
  }

  private static int pieces(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 1 + random.nextInt(40);
      case 1 -> 1 + random.nextInt(2_000);
      default -> 1 << 17;
    };
  }

  private static byte[] sent(List<Inner> inner) {
    return Expected.joined(inner.stream().map(Inner::data).toArray(byte[][]::new));
  }

  private static boolean isPrefix(byte[] bytes, byte[] of) {
    return bytes.length <= of.length && Arrays.equals(bytes, 0, bytes.length, of, 0, bytes.length);
  }
}
