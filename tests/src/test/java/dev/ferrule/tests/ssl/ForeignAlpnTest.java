package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server chooses among the application protocols that it was offered (RFC 7301 3.1). */
class ForeignAlpnTest {
  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_that_chooses_what_was_not_offered_is_refused(Protocol version) throws Exception {
    Heard client = new Heard();
    JdkPeers.Service choosesItsOwn =
        socket -> {
          socket.setHandshakeApplicationProtocolSelector((s, offered) -> "x");
          socket.startHandshake();
          int _ = socket.getInputStream().read();
        };
    try (JdkPeers.Server server = JdkPeers.serve(choosesItsOwn)) {
      Loops.runInline(loop ->
          Ssl.connect(loop, "127.0.0.1", server.port())
              .trust(Pki.TRUST)
              .alpn("h2")
              .maxProtocol(version)
              .onEvent(client::event)
              .onSecure((socket, session) -> client.order.add("secure"))
              .onClose(client::close)
              .open());
    }
    assertThat(client.only(SslError.class).side()).isEqualTo(Side.OURS);
    assertThat(client.order).doesNotContain("secure");
  }
}
