package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.SslError;
import dev.ferrule.testkit.contract.WirePair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A security provider whose AES-GCM fails in the middle of a connection. */
@Tag("once")
class BrokenCipherTest {
  @Test
  void a_write_that_cannot_be_encrypted_fails_the_wire_for_good() throws IOException {
    Sides sides = Sides.random(RecordSuite.TLS_AES_128_GCM_SHA256, new Random(1));
    try (NonceMemory nonces = new NonceMemory();
        WirePair pair =
            WirePair.of(
                HandingOver.maker(sides, false, 0, 0, null),
                link -> link,
                HandingOver.maker(sides, true, 0, 0, null),
                link -> link)) {
      pair.client().send(new byte[100]);
      pair.pump();
      assertThat(pair.server().received()).hasSize(100);
      nonces.fail();
      pair.client().send(new byte[100]);
      pair.pump();
      Exception failure = pair.client().failure();
      assertThat(failure).isInstanceOf(SslError.class).hasMessageContaining("CKR_DEVICE_ERROR");
      assertThat(((SslError) failure).side()).isEqualTo(SslError.Side.OURS);
      Wire wire = pair.client().wire();
      assertThatThrownBy(() -> wire.write(ByteBuffer.allocate(1))).isSameAs(failure);
      assertThatThrownBy(() -> wire.read(ByteBuffer.allocate(1))).isSameAs(failure);
    }
  }
}
