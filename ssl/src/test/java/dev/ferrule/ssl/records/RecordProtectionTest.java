package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.Buffers;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large content is not copied before it is encrypted, when it is in an array: wherever it is. */
class RecordProtectionTest {
  private static final RecordSuite SUITE = RecordSuite.TLS_AES_128_GCM_SHA256;
  private static final int DATA = 23;
  private static final long SEED = 5116;

  private final CipherPool pool = CipherPool.of(new Buffers(), SUITE);

  private final RecordProtection sender = protection();
  private final RecordProtection receiver = protection();

  private RecordProtection protection() {
    byte[] none = new byte[SUITE.secret];
    return new RecordProtection(
        pool, new TrafficSecrets(SUITE, none.clone(), none.clone(), 0, 0, none.clone()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4_095, 4_096, 4_097, 16_384})
  void content_is_protected_wherever_it_is(int length) {
    byte[] bytes = new byte[length + 20];
    new Random(SEED).nextBytes(bytes);
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    assertSealed(bytes, length, ByteBuffer::wrap);
    assertSealed(bytes, length, all -> ByteBuffer.wrap(all).asReadOnlyBuffer());
    assertSealed(bytes, length, _ -> direct);
    assertSealed(
        bytes,
        length,
        all -> {
          byte[] further = new byte[13 + all.length];
          System.arraycopy(all, 0, further, 13, all.length);
          return ByteBuffer.wrap(further, 13, all.length).slice();
        });
  }

  /** Encrypts and decrypts {@code length} bytes from the seventh on. */
  private void assertSealed(byte[] all, int length, Function<byte[], ByteBuffer> kind) {
    ByteBuffer source = kind.apply(all).position(7);
    ByteBuffer room = ByteBuffer.allocate(length + 100).position(3);
    sender.seal(DATA, source, length, room);
    assertThat(source.position()).isEqualTo(7 + length);
    int sealed = room.position() - 3;
    byte[] plain = new byte[sealed];
    int n = receiver.open(room.array(), 3, sealed, plain, 0);
    assertThat(n).isEqualTo(length + 1);
    assertThat(plain[length]).isEqualTo((byte) DATA);
    assertThat(Arrays.mismatch(plain, 0, length, all, 7, 7 + length)).isEqualTo(-1);
  }
}
