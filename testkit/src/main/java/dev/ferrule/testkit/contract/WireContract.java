package dev.ferrule.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.event.EventError;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.testkit.contract.CutLink.Cut;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of wires, tested in memory: a test extends it, makes wires of clients and servers,
 * and asserts how they report a cut. Tasks are run later, as on another thread, and both sides
 * share the buffers of one loop.
 */
public abstract class WireContract {
  private static final UnaryOperator<Link> AS_IT_IS = UnaryOperator.identity();

  /** For the suites of wires. */
  protected WireContract() {}

  /** Makes the wire of a client. */
  protected abstract WireEnd.Maker client();

  /** Makes the wire of a server. */
  protected abstract WireEnd.Maker server();

  /**
   * Asserts that {@code end} noticed that its link ended with FIN where the protocol did not: by
   * its {@link WireEnd#failure}, or by {@link WireEnd#isEnded} where FIN is the protocol's end.
   */
  protected abstract void assertCutByFin(WireEnd end);

  /** Asserts that {@code end} noticed that its link was reset; by default that it failed. */
  protected void assertCutByReset(WireEnd end) {
    assertThat(end.failure()).isInstanceOf(IOException.class);
  }

  private WirePair pair(UnaryOperator<Link> clientLink, UnaryOperator<Link> serverLink)
      throws IOException {
    return WirePair.of(client(), clientLink, server(), serverLink);
  }

  /** Sends both ways at once, and compares by digest. */
  private static void exchange(WirePair pair, int bytes) {
    byte[] fromClient = random(bytes, 1);
    byte[] fromServer = random(bytes, 2);
    pair.client().send(fromClient);
    pair.server().send(fromServer);
    pair.pump();
    assertWell(pair);
    assertThat(digest(pair.server().received())).isEqualTo(digest(fromClient));
    assertThat(digest(pair.client().received())).isEqualTo(digest(fromServer));
  }

  private static void assertWell(WirePair pair) {
    assertThat(pair.client().failure()).as("failure of the client").isNull();
    assertThat(pair.server().failure()).as("failure of the server").isNull();
    assertThat(pair.client().isSecured() && pair.server().isSecured()).as("secured").isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 16_383, 16_384, 16_385, 70_000, 3_000_000})
  void bytes_arrive_as_they_were_sent_both_ways_at_once(int bytes) throws IOException {
    try (WirePair pair = pair(AS_IT_IS, AS_IT_IS)) {
      exchange(pair, bytes);
    }
  }

  @Test
  void bytes_arrive_over_links_that_pass_one_at_a_time() throws IOException {
    try (WirePair pair = pair(OneByteLink::new, OneByteLink::new)) {
      exchange(pair, 20_000);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void bytes_arrive_over_links_that_cut_them_anywhere(long seed) throws IOException {
    try (WirePair pair =
        pair(link -> new ChunkingLink(link, seed), link -> new ChunkingLink(link, -seed))) {
      exchange(pair, 300_000);
    }
  }

  @Test
  void a_link_that_stalls_only_delays() throws IOException {
    StallingLink[] link = new StallingLink[1];
    try (WirePair pair = pair(real -> link[0] = new StallingLink(real), AS_IT_IS)) {
      link[0].stallWrites();
      pair.pump();
      link[0].resume();
      pair.pump();
      assertWell(pair);
      link[0].stallReads();
      link[0].stallWrites();
      pair.client().send(random(2_000_000, 7));
      pair.pump();
      assertThat(pair.client().unsent()).as("held back by the outlet").isPositive();
      link[0].resume();
      pair.pump();
      assertThat(digest(pair.server().received())).isEqualTo(digest(random(2_000_000, 7)));
      exchangeMore(pair);
    }
  }

  private static void exchangeMore(WirePair pair) {
    int before = pair.client().received().length;
    pair.server().send(random(50_000, 9));
    pair.pump();
    assertWell(pair);
    assertThat(pair.client().received()).hasSize(before + 50_000);
  }

  @Test
  void many_small_writes_in_one_burst_all_arrive() throws IOException {
    try (WirePair pair = pair(AS_IT_IS, AS_IT_IS)) {
      pair.pump();
      byte[] bytes = random(500, 3);
      for (byte one : bytes) {
        pair.client().writeNow(new byte[] {one});
      }
      pair.pump();
      assertWell(pair);
      assertThat(pair.server().received()).isEqualTo(bytes);
    }
  }

  @Test
  void the_end_comes_behind_the_bytes_and_the_other_way_stays_open_where_it_can()
      throws IOException {
    try (WirePair pair = pair(AS_IT_IS, AS_IT_IS)) {
      pair.client().send(random(100_000, 4));
      pair.client().close();
      pair.pump();
      assertWell(pair);
      assertThat(pair.server().isEnded()).isTrue();
      assertThat(pair.server().received()).hasSize(100_000);
      pair.server().send(random(100_000, 5));
      pair.pump();
      if (pair.server().failure() instanceof EventError error) {
        assertThat(error.code()).as("a wire that cannot go on says so").isEqualTo("OUTPUT_CLOSED");
        return;
      }
      pair.server().close();
      pair.pump();
      assertWell(pair);
      assertThat(pair.client().isEnded()).isTrue();
      assertThat(pair.client().received()).hasSize(100_000);
    }
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void a_cut_anywhere_is_noticed_and_nothing_hangs(Cut cut) throws IOException {
    for (int bytes : new int[] {0, 1, 4, 5, 6, 60, 300, 1_000, 2_500, 5_000}) {
      try (WirePair pair = pair(AS_IT_IS, link -> new CutLink(link, bytes, cut))) {
        pair.client().send(random(20_000, 6));
        pair.pump();
        // A link is read only when it is readable, and a cut link is readable.
        readOn(pair.server());
        if (cut == Cut.FIN) {
          assertCutByFin(pair.server());
        } else {
          assertCutByReset(pair.server());
        }
        assertFailureSticks(pair.server());
      }
    }
  }

  private static void readOn(WireEnd end) {
    for (int i = 0; i < 10; i++) {
      end.step();
    }
  }

  private static void assertFailureSticks(WireEnd end) {
    if (end.failure() == null) {
      return;
    }
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(
              () -> {
                if (end.isSecured()) {
                  end.wire().read(new Buffers().plain(end.wire().memory()));
                } else {
                  end.wire().handshake();
                }
              })
          .as("a failure that sticks")
          .isInstanceOf(end.failure().getClass());
    }
  }

  /** The same bytes for the same seed. */
  protected static byte[] random(int bytes, long seed) {
    byte[] data = new byte[bytes];
    new Random(seed).nextBytes(data);
    return data;
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
