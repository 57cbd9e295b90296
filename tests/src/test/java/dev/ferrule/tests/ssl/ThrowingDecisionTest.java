package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Memory;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.server.HelloWire;
import dev.ferrule.testkit.contract.MemoryLink;
import dev.ferrule.testkit.contract.OutletOwner;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What of this side's own code throws while it decides on a hello. */
class ThrowingDecisionTest {
  @Test
  void the_client_gets_an_alert_and_the_program_an_error_of_this_side() throws IOException {
    MemoryLink.Pair links = MemoryLink.pair(1000);
    Buffers buffers = new Buffers();
    OutletOwner owner = new OutletOwner(links.server(), buffers);
    HelloWire wire =
        new HelloWire(
            links.server(),
            buffers,
            owner,
            Memory.NATIVE,
            hello -> {
              throw new IllegalStateException("no such thing");
            });
    links.client().write(ByteBuffer.wrap(RawHello.usual().records(16_000)));
    assertThatThrownBy(wire::handshake)
        .isInstanceOfSatisfying(
            SslError.class,
            error -> {
              assertThat(error.side()).isEqualTo(Side.OURS);
              assertThat(error.alert()).hasValue("internal_error");
              assertThat(error).hasMessageContaining("no such thing");
            });
    owner.outlet().flush();
    ByteBuffer sent = ByteBuffer.allocate(100);
    links.client().read(sent);
    assertThat(sent.flip()).isEqualTo(ByteBuffer.wrap(RawHello.hex("15 0303 0002 02 50")));
    wire.release();
  }
}
