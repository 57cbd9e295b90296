package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.testkit.WireContract;
import dev.ferrule.testkit.WireEnd;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** The wires of every provider do what every wire must, in TLS 1.2 and in TLS 1.3. */
class ProviderWireTest {
  @Nested
  class JdkTls12 extends Contract {
    JdkTls12() {
      super("jdk", Protocol.TLS_1_2);
    }
  }

  @Nested
  class JdkTls13 extends Contract {
    JdkTls13() {
      super("jdk", Protocol.TLS_1_3);
    }
  }

  @Nested
  class BoringTls12 extends Contract {
    BoringTls12() {
      super("boringssl", Protocol.TLS_1_2);
    }
  }

  @Nested
  class BoringTls13 extends Contract {
    BoringTls13() {
      super("boringssl", Protocol.TLS_1_3);
    }
  }

  abstract static class Contract extends WireContract {
    private final String provider;
    private final Protocol protocol;
    private final WireFactory clients;
    private final WireFactory servers;

    Contract(String provider, Protocol protocol) {
      this.provider = provider;
      this.protocol = protocol;
      clients = wires(false);
      servers = wires(true);
    }

    private WireFactory wires(boolean server) {
      return SslContext.provider(provider)
          .open(
              new SslSettings(
                  server,
                  server ? Pki.server().credentials() : null,
                  Pki.trust(),
                  Verify.CHAIN_AND_HOST,
                  ClientAuth.NONE,
                  Set.of(protocol),
                  CipherString.parse(CipherString.MODERN),
                  Set.of(),
                  List.of()));
    }

    @Override
    protected WireEnd.Maker client() {
      return (link, buffers, outlets) ->
          clients.wire(link, outlets.open(clients.memory()), buffers, "localhost", 0);
    }

    @Override
    protected WireEnd.Maker server() {
      return (link, buffers, outlets) ->
          servers.wire(link, outlets.open(servers.memory()), buffers, null, 0);
    }

    @Override
    protected void assertCutByFin(WireEnd end) {
      assertThat(end.failure()).isInstanceOf(SslTruncated.class);
    }
  }
}
