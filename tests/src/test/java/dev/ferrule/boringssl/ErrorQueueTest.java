package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.testkit.contract.CutLink;
import dev.ferrule.testkit.contract.WirePair;
import dev.ferrule.tests.ServerWires;
import io.netty.internal.tcnative.SSL;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The native error queue belongs to the thread: no connection may find there what another left. */
@Tag("once")
class ErrorQueueTest {
  private static final SslSettings CLIENT = Handshaken.settings(false);
  private static final SslSettings SERVER = Handshaken.settings(true);

  private final WireFactory clients = Handshaken.boringssl(CLIENT);
  private final WireFactory servers = Handshaken.boringssl(SERVER);

  @Test
  void each_connection_tells_its_own_cause() throws IOException {
    for (int round = 0; round < 3; round++) {
      assertThat(noSharedVersion().message()).contains("no protocol version is shared");
      assertThat(SSL.getLastErrorNumber()).isZero();
      assertThat(cut()).isInstanceOf(SslTruncated.class);
      assertThat(noSharedCipher().code()).isEqualTo("NO_SHARED_CIPHER");
      assertThat(SSL.getLastErrorNumber()).isZero();
      Handshaken.of(clients, servers);
      assertThat(cut()).isInstanceOf(SslTruncated.class);
      assertThat(SSL.getLastErrorNumber()).isZero();
    }
  }

  @Test
  void a_failure_beside_open_connections_is_its_own_only() throws IOException {
    try (WirePair open = Handshaken.pair(clients, servers)) {
      open.pump();
      noSharedVersion();
      open.client().send(new byte[100_000]);
      open.pump();
      noSharedCipher();
      open.server().send(new byte[100_000]);
      open.client().close();
      open.pump();
      assertThat(open.server().received()).hasSize(100_000);
      assertThat(open.client().received()).hasSize(100_000);
      assertThat(open.server().isEnded()).isTrue();
      assertThat(open.server().failure()).isNull();
    }
  }

  private SslError noSharedVersion() throws IOException {
    WireFactory newer = Handshaken.boringssl(Handshaken.with(SERVER, Protocol.TLS_1_3));
    return failure(Handshaken.boringssl(Handshaken.with(CLIENT, Protocol.TLS_1_2)), newer);
  }

  private SslError noSharedCipher() throws IOException {
    WireFactory one =
        Handshaken.boringssl(
            Handshaken.ciphers(CLIENT, "ECDHE-RSA-AES128-GCM-SHA256", Protocol.TLS_1_2));
    SslError error = failure(one, servers);
    assertThat(error.message())
        .contains("the client offers TLSv1.2 with TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
        .contains("this side has TLSv1.2, TLSv1.3");
    assertThat(error.alert()).hasValue("handshake_failure");
    return error;
  }

  private static SslError failure(WireFactory client, WireFactory server) throws IOException {
    try (WirePair pair = Handshaken.pair(client, server)) {
      pair.pump();
      assertThat(pair.client().failure()).isInstanceOf(SslError.class);
      return (SslError) pair.server().failure();
    }
  }

  private Exception cut() throws IOException {
    try (WirePair pair =
        WirePair.of(
            (link, buffers, owner) ->
                clients.wire(link, owner.open(clients.memory()), buffers, "localhost", 1),
            UnaryOperator.identity(),
            ServerWires.of(servers),
            link -> new CutLink(link, 2_500, CutLink.Cut.FIN))) {
      pair.client().send(new byte[20_000]);
      pair.pump();
      return pair.server().failure();
    }
  }
}
