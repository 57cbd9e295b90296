package dev.ferrule.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.testkit.contract.WireContract;
import dev.ferrule.testkit.contract.WireEnd;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import dev.ferrule.tests.ServerWires;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** The wire of the provider does what every wire must, in TLS 1.2 and in TLS 1.3. */
class SslWireTest {
  @Nested
  class Tls12 extends Contract {
    Tls12() {
      super(Protocol.TLS_1_2);
    }
  }

  @Nested
  class Tls13 extends Contract {
    Tls13() {
      super(Protocol.TLS_1_3);
    }
  }

  abstract static class Contract extends WireContract {
    private final Protocol protocol;
    private final WireFactory clients;
    private final WireFactory servers;

    Contract(Protocol protocol) {
      this.protocol = protocol;
      clients = wires(false);
      servers = wires(true);
    }

    private WireFactory wires(boolean server) {
      return SslContext.provider(Provided.NAME)
          .open(
              new SslSettings(
                  server,
                  server ? Pki.LOCAL : null,
                  Pki.ANCHORS,
                  Verify.CHAIN_AND_HOST,
                  ClientAuth.NONE,
                  Set.of(protocol),
                  CipherString.parse(CipherString.MODERN),
                  Set.of(),
                  List.of(),
                  null));
    }

    @Override
    protected WireEnd.Maker client() {
      return (link, buffers, owner) ->
          clients.wire(link, owner.open(clients.memory()), buffers, "localhost", 0);
    }

    @Override
    protected WireEnd.Maker server() {
      return ServerWires.of(servers);
    }

    @Override
    protected void assertCutByFin(WireEnd end) {
      assertThat(end.failure()).isInstanceOf(SslTruncated.class);
    }
  }
}
