package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.ferrule.spi.Buffers;
import dev.ferrule.testkit.contract.MemoryLink;
import dev.ferrule.testkit.contract.WireEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * More connections on a loop than there are ciphers, which come and go while the loop trims: each
 * has its own bytes, and no nonce is used twice. Others: {@code -Dferrule.schedules.seed=N}.
 */
@Tag("once")
class ManyConnectionsTest {
  private static final long SEED = Long.getLong("ferrule.schedules.seed", 20260407L);
  private static final int CONNECTIONS = 1_300;
  private static final int STEPS = 8_000;

  private final Buffers buffers = new Buffers();
  private final Random random = new Random(SEED);

  /** A connection whose bytes have all arrived between two steps. */
  private final class Connection {
    final ByteArrayOutputStream up = new ByteArrayOutputStream();
    final ByteArrayOutputStream down = new ByteArrayOutputStream();
    final RecordPeer peer;
    final WireEnd wire;
    int idle;

    Connection() throws IOException {
      boolean server = random.nextBoolean();
      Sides sides =
          Sides.random(
              random.nextInt(8) > 0
                  ? RecordSuite.TLS_AES_128_GCM_SHA256
                  : RecordSuite.TLS_AES_256_GCM_SHA384,
              random);
      MemoryLink.Pair links = MemoryLink.pair(16_000);
      wire =
          new WireEnd(
              links.server(),
              links.server(),
              buffers,
              HandingOver.maker(sides, server, 0, 2, null));
      peer =
          new RecordPeer(
              links.client(), links.client(), sides.behind(server, 2), sides.towards(server, 0));
      wire.step();
    }

    void talk() throws IOException {
      int what = random.nextInt(8);
      if (what < 5) {
        byte[] bytes = Inner.random(random, 1 + random.nextInt(what == 0 ? 9_000 : 80));
        up.writeBytes(bytes);
        wire.send(bytes);
      } else if (what < 7 || idle == 30) {
        byte[] bytes = Inner.random(random, 1 + random.nextInt(80));
        down.writeBytes(bytes);
        peer.send(Inner.of(Inner.DATA, bytes));
        idle = 0;
      } else {
        peer.send(Inner.keyUpdate(random.nextBoolean()));
        idle++;
      }
      pump();
      assertThat(wire.failure()).isNull();
      assertThat(Arrays.equals(peer.received(), up.toByteArray())).as("what it sent").isTrue();
      assertThat(Arrays.equals(wire.received(), down.toByteArray())).as("what it got").isTrue();
    }

    private void pump() throws IOException {
      boolean moved = true;
      while (moved) {
        moved = wire.step();
        moved |= peer.step();
      }
    }

    void end() throws IOException {
      if (random.nextBoolean()) {
        wire.close();
        peer.send(Inner.closeNotify());
        pump();
        assertThat(wire.isEnded()).isTrue();
        assertThat(peer.alerts()).containsExactly(new byte[] {1, 0});
      }
      wire.release();
    }
  }

  @Test
  void each_has_its_own_bytes_and_no_nonce_is_used_twice() throws IOException {
    try (NonceMemory nonces = new NonceMemory()) {
      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        Connection connection = new Connection();
        for (int few = 0; few < 10; few++) {
          connection.talk(); // until it has ciphers of its own
        }
        all.add(connection);
      }
      CipherPool pool = CipherPool.of(buffers, RecordSuite.TLS_AES_128_GCM_SHA256);
      assertThat(pool.size()).isEqualTo(CipherPool.PAIRS);
      for (int i = 0; i < STEPS; i++) {
        step(all, i);
      }
      assertThat(pool.size()).isBetween(1, CipherPool.PAIRS);
      System.out.println("seed " + SEED + ", " + nonces.encryptions() + " records");
      assertThat(nonces.encryptions()).isGreaterThan(STEPS / 2);
      assertThat(nonces.repeated()).isZero();
    }
  }

  private void step(List<Connection> all, int step) throws IOException {
    int at = random.nextInt(random.nextBoolean() ? 200 : CONNECTIONS); // some are busier
    try {
      all.get(at).talk();
      if (random.nextInt(20) == 0) {
        all.get(at).end();
        all.set(at, new Connection());
      }
      if (random.nextInt(3_000) == 0) {
        buffers.trim();
      }
    } catch (AssertionError e) {
      fail("-Dferrule.schedules.seed=" + SEED + ", step " + step, e);
    }
  }

  @Test
  void a_nonce_that_is_used_twice_is_found() throws Exception {
    SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
    try (NonceMemory nonces = new NonceMemory()) {
      for (int last : new int[] {1, 2, 3, 2}) {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] nonce = new byte[12];
        nonce[11] = (byte) last;
        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
        cipher.doFinal(new byte[last]);
      }
      assertThat(nonces.encryptions()).isEqualTo(3);
      assertThat(nonces.repeated()).isEqualTo(1);
    }
    assertThat(Cipher.getInstance("AES/GCM/NoPadding").getProvider().getName()).isEqualTo("SunJCE");
  }
}
