package dev.ferrule.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProxySslTest {
  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 443);

  private static ProxyHeader read(byte[] bytes) throws ProxyHeaderReader.Malformed {
    ProxyHeaderReader reader = new ProxyHeaderReader();
    ByteBuffer from = ByteBuffer.wrap(bytes);
    while (reader.header() == null) {
      int wants = reader.wants();
      reader.hear(from.slice(from.position(), wants));
      from.position(from.position() + wants);
    }
    return Objects.requireNonNull(reader.header());
  }

  private static @Nullable String maybe(Random random, String text) {
    return random.nextBoolean() ? text : null;
  }

  @Test
  void what_a_header_says_of_SSL_is_read_as_it_was_written() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      boolean shown = random.nextBoolean();
      ProxySsl facts =
          new ProxySsl(
              true,
              shown,
              shown && random.nextBoolean(),
              maybe(random, "TLSv1.3"),
              maybe(random, "ü".repeat(random.nextInt(300))),
              maybe(random, "TLS_AES_128_GCM_SHA256"));
      ProxyHeader header = ProxyHeader.v2(ADDRESS, ADDRESS).with(facts);
      assertThat(read(header.encoded()).ssl()).as("seed %d", seed).contains(facts);
    }
  }

  @Test
  void version_1_says_nothing_of_SSL() {
    ProxySsl facts = new ProxySsl(true, false, false, "TLSv1.3", null, null);
    assertThatThrownBy(() -> ProxyHeader.v1(ADDRESS, ADDRESS).with(facts))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
