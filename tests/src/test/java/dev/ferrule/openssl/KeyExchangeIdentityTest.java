package dev.ferrule.openssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The identity in ClientKeyExchange, however it is split over records. */
@Tag("once")
class KeyExchangeIdentityTest {
  private static final int CLIENT_HELLO = 1;
  private static final int CLIENT_KEY_EXCHANGE = 16;

  private static byte[] message(int type, byte[] body) {
    ByteBuffer all = ByteBuffer.allocate(4 + body.length);
    return all.putInt(type << 24 | body.length).put(body).array();
  }

  /** With the public key of ECDHE behind it. */
  private static byte[] exchange(byte[] identity) {
    ByteBuffer body = ByteBuffer.allocate(2 + identity.length + 33);
    return message(
        CLIENT_KEY_EXCHANGE, body.putShort((short) identity.length).put(identity).array());
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] record(int type, byte[] content) {
    ByteBuffer all = ByteBuffer.allocate(5 + content.length);
    return all.put((byte) type)
        .putShort((short) 0x0303)
        .putShort((short) content.length)
        .put(content)
        .array();
  }

  /** Reads records one by one: what is found, and how many records it took. */
  private static List<String> read(List<byte[]> records) {
    KeyExchangeIdentity reader = new KeyExchangeIdentity();
    List<String> found = new ArrayList<>();
    for (byte[] record : records) {
      byte[] identity = reader.read(ByteBuffer.wrap(join(new byte[3], record)), 3, record.length);
      if (identity != null) {
        found.add(new String(identity, UTF_8));
      }
    }
    return found;
  }

  @Test
  void it_is_found_behind_a_hello_in_records_of_any_size() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      String identity = "i".repeat(1 + random.nextInt(256));
      byte[] all =
          join(
              message(CLIENT_HELLO, new byte[random.nextInt(300)]),
              exchange(identity.getBytes(UTF_8)));
      List<byte[]> records = new ArrayList<>();
      for (int at = 0, size; at < all.length; at += size) {
        size = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 200));
        records.add(record(22, Arrays.copyOfRange(all, at, at + size)));
      }
      assertThat(read(records)).as("seed %s, round %s", seed, round).containsExactly(identity);
    }
  }

  @Test
  void several_records_may_come_at_once() {
    byte[] records =
        join(
            record(22, exchange("meter".getBytes(UTF_8))),
            record(20, new byte[] {1}),
            record(22, new byte[40]));
    assertThat(read(List.of(records))).containsExactly("meter");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 257, 60_000})
  void none_that_is_empty_or_longer_than_any_is_kept(int length) {
    assertThat(read(List.of(record(22, exchange(new byte[length]))))).isEmpty();
  }

  @Test
  void nothing_behind_change_cipher_spec_is_read() {
    byte[] exchange = record(22, exchange("meter".getBytes(UTF_8)));
    assertThat(read(List.of(record(20, new byte[] {1}), exchange))).isEmpty();
    assertThat(read(List.of(exchange, exchange))).containsExactly("meter");
  }

  @Test
  void any_bytes_are_read_without_a_fault() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      assertThat(read(List.of(record(22, noise)))).as("seed %s", seed).hasSizeLessThan(2);
    }
  }
}
