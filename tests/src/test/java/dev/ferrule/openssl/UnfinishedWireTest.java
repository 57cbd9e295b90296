package dev.ferrule.openssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.connection.Transport;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.library.ClientSessions;
import dev.ferrule.ssl.library.Resumption;
import dev.ferrule.testkit.contract.MemoryLink;
import dev.ferrule.testkit.contract.OutletOwner;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A wire that cannot be prepared for its connection, so that nobody gets it. */
@Tag("once")
class UnfinishedWireTest {
  /** A session that OpenSSL cannot take, for it is none of its own. */
  private record Foreign() implements ClientSessions.Session {
    @Override
    public Protocol protocol() {
      return Protocol.TLS_1_2;
    }

    @Override
    public Instant made() {
      return Instant.EPOCH;
    }

    @Override
    public Instant until() {
      return Instant.MAX;
    }

    @Override
    public boolean singleUse() {
      return false;
    }

    @Override
    public void free() {}
  }

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  @Test
  void a_client_s_wire_that_nobody_gets_gives_its_native_memory_back() throws Exception {
    ClientSessions sessions = new ClientSessions(1);
    Resumption.of(sessions, "localhost", 443).take(new Foreign());
    OfferedParameters offered =
        new OfferedParameters(
            false,
            null,
            List.of(Protocol.TLS_1_2),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            false);
    OpensslWires wires =
        new OpensslWires(
            new NativeContext(
                LibContext.make(false),
                offered,
                new Verification(null, false),
                sessions,
                null,
                null),
            null);
    Link link = MemoryLink.pair(1000).client();
    Buffers buffers = new Buffers();
    Transport.Owner owner = new OutletOwner(link, buffers);
    var outlet = owner.open(Memory.NATIVE);
    long before = NativeContext.live();
    assertThatThrownBy(() -> wires.wire(link, outlet, buffers, "localhost", 443))
        .isInstanceOf(ClassCastException.class);
    assertThat(NativeContext.live()).isEqualTo(before);
  }
}
