package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ferrule.spi.Buffers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who has ciphers: at most so many, the active ones, and what they knew is forgotten. */
class CipherPoolTest {
  private static final RecordSuite SUITE = RecordSuite.TLS_AES_256_GCM_SHA384;
  private static final int DATA = 23;

  private final Buffers buffers = new Buffers();
  private final CipherPool pool = CipherPool.of(buffers, SUITE);
  private int made;

  /** Two ends of a connection. */
  private record Ends(RecordProtection client, RecordProtection server) {
    /** More than a few records, so that both get ciphers of their own. */
    void talk() {
      for (int i = 0; i < 5; i++) {
        pass(client, server);
        pass(server, client);
      }
    }

    boolean haveCiphers() {
      return client.pair != null && server.pair != null;
    }

    void erase() {
      client.erase();
      server.erase();
    }
  }

  private Ends ends() {
    byte[] up = new byte[SUITE.secret];
    byte[] down = new byte[SUITE.secret];
    ByteBuffer.wrap(up).putInt(++made);
    ByteBuffer.wrap(down).putInt(-made);
    byte[] none = new byte[SUITE.secret];
    return new Ends(
        new RecordProtection(pool, new TrafficSecrets(SUITE, down.clone(), up.clone(), 3, 7, none)),
        new RecordProtection(pool, new TrafficSecrets(SUITE, up, down, 7, 3, none)));
  }

  private List<Ends> talking(int count) {
    List<Ends> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Ends ends = ends();
      ends.talk();
      all.add(ends);
    }
    return all;
  }

  private static void pass(RecordProtection from, RecordProtection to) {
    byte[] record = sealed(from);
    byte[] plain = new byte[record.length];
    int n = to.open(record, 0, record.length, plain, 0);
    assertThat(Arrays.copyOf(plain, Math.max(0, n))).containsExactly(1, 2, 3, DATA);
  }

  private static byte[] sealed(RecordProtection from) {
    ByteBuffer room = ByteBuffer.allocate(100);
    from.seal(DATA, ByteBuffer.wrap(new byte[] {1, 2, 3}), 3, room);
    return Arrays.copyOf(room.array(), room.position());
  }

  @Test
  void there_are_at_most_so_many_and_who_lost_them_goes_on() {
    List<Ends> all = talking(CipherPool.PAIRS);
    assertThat(pool.size()).isEqualTo(CipherPool.PAIRS);
    for (int round = 0; round < 3; round++) {
      all.forEach(Ends::talk);
      assertThat(pool.size()).isEqualTo(CipherPool.PAIRS);
    }
    assertThat(all.stream().filter(Ends::haveCiphers).count())
        .isLessThanOrEqualTo(CipherPool.PAIRS / 2);
  }

  @Test
  void idle_connections_lose_theirs_to_busy_ones() {
    List<Ends> all = talking(CipherPool.PAIRS / 2);
    buffers.trim(); // from now on they count as idle
    List<Ends> busy = all.subList(100, 300);
    busy.forEach(Ends::talk);
    List<Ends> late = talking(200);
    assertThat(pool.size()).isEqualTo(CipherPool.PAIRS);
    assertThat(busy).allMatch(Ends::haveCiphers);
    assertThat(late).allMatch(Ends::haveCiphers);
    assertThat(all.stream().filter(Ends::haveCiphers)).hasSize(CipherPool.PAIRS / 2 - 200);
    all.forEach(Ends::talk);
  }

  @Test
  void trimming_drops_what_was_not_used_since_and_ends_when_nothing_is_left() {
    List<Ends> all = talking(20);
    assertThat(pool.trim()).isTrue();
    assertThat(pool.size()).isEqualTo(40);
    all.subList(0, 5).forEach(Ends::talk);
    assertThat(pool.trim()).isTrue();
    assertThat(pool.size()).isEqualTo(10);
    assertThat(all.subList(0, 5)).allMatch(Ends::haveCiphers);
    assertThat(all.subList(5, 20)).allMatch(ends -> ends.client.pair == null);
    assertThat(pool.trim()).isFalse();
    assertThat(pool.size()).isZero();
    all.forEach(ends -> pass(ends.client, ends.server));
    assertThat(pool.size()).as("after a record each").isZero();
    all.forEach(Ends::talk);
  }

  @Test
  void the_loop_trims_as_long_as_there_are_some() {
    assertThat(buffers.trims()).isFalse();
    for (int again = 0; again < 2; again++) {
      List<Ends> all = talking(3);
      assertThat(buffers.trims()).isTrue();
      all.forEach(Ends::erase);
      buffers.trim();
      assertThat(buffers.trims()).isFalse();
      assertThat(pool.size()).isZero();
    }
  }

  @Test
  void the_pairs_of_released_connections_serve_new_ones() {
    for (int i = 0; i < 50; i++) {
      List<Ends> all = talking(4);
      assertThat(pool.size()).isEqualTo(8);
      all.forEach(Ends::erase);
    }
  }

  @ParameterizedTest
  @EnumSource(RecordSuite.class)
  void each_suite_has_a_pool_of_its_own_for_each_loop(RecordSuite suite) {
    CipherPool of = CipherPool.of(buffers, suite);
    assertThat(of.suite).isEqualTo(suite);
    assertThat(CipherPool.of(buffers, suite)).isSameAs(of);
    assertThat(CipherPool.of(new Buffers(), suite)).isNotSameAs(of);
  }

  @Test
  void a_connection_of_a_few_records_has_no_ciphers_of_its_own() {
    for (int i = 0; i < 20; i++) {
      Ends ends = ends();
      pass(ends.client, ends.server);
      assertThat(ends.haveCiphers()).isFalse();
    }
    assertThat(pool.size()).isZero();
  }

  @Test
  void the_ciphers_of_a_released_connection_do_not_know_its_key() {
    Ends ends = ends();
    ends.talk();
    assertForgets(ends.client, ends.client.pair, 11);
  }

  @Test
  void the_ciphers_that_all_share_do_not_know_the_key_of_a_released_connection() {
    for (int i = 0; i < 3; i++) {
      RecordProtection client = ends().client;
      sealed(client);
      assertForgets(client, pool.common, 7);
    }
  }

  @Test
  void a_connection_that_only_opened_meanwhile_does_not_hide_another_s_key_in_the_shared_cipher() {
    Ends a = ends();
    Ends b = ends();
    byte[] forB = sealed(b.server);
    sealed(a.client);
    b.client.open(forB, 0, forB.length, new byte[200], 0);
    assertForgets(a.client, pool.common, 7);
  }

  @Test
  void ciphers_that_change_hands_do_not_know_the_key_of_who_had_them() throws Exception {
    Ends first = talking(CipherPool.PAIRS / 2).getFirst();
    CipherPair pair = first.client.pair;
    assertThat(pool.take(ends().client)).isSameAs(pair);
    assertForgets(first.client, pair, 11);
  }

  /** The JDK's cipher refuses to encrypt under the key and nonce that it remembers. */
  private static void assertForgets(RecordProtection released, CipherPair pair, int sequence) {
    int at = SUITE.direction() + SUITE.secret;
    SecretKeySpec key = new SecretKeySpec(released.keys, at, SUITE.key, "AES");
    byte[] nonce = Arrays.copyOfRange(released.keys, at + SUITE.key, at + SUITE.key + 12);
    nonce[11] ^= (byte) sequence; // of the last record
    released.erase();
    GCMParameterSpec last = new GCMParameterSpec(128, nonce);
    assertThatCode(() -> pair.sealing.init(Cipher.ENCRYPT_MODE, key, last))
        .doesNotThrowAnyException();
    assertThat(Arrays.copyOf(pair.opening.getIV(), 4)).as("of the last key").containsOnly(0);
  }
}
