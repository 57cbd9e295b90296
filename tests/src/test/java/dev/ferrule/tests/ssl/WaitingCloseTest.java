package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.testkit.contract.WireEnd;
import dev.ferrule.testkit.contract.WirePair;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import dev.ferrule.tests.ServerWires;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A close_notify for which the link has no room yet. */
class WaitingCloseTest {
  /** More than the link in memory takes, and less than it and the outlet. */
  private static final int BYTES = 110_000;

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void however_often_it_is_asked_for_it_is_sent_and_counted_once(Protocol version)
      throws IOException {
    WireFactory clients = wires(false, version);
    try (WirePair pair =
        WirePair.of(
            (link, buffers, owner) ->
                clients.wire(link, owner.open(clients.memory()), buffers, "localhost", 0),
            link -> link,
            ServerWires.of(wires(true, version)),
            link -> link)) {
      pair.pump();
      WireEnd client = pair.client();
      client.send(new byte[BYTES]);
      while (client.step()) {} // nobody reads
      assertThat(client.unsent()).isZero();
      for (int i = 0; i < 4; i++) {
        assertThat(client.wire().closeOutput()).isEqualTo(Wire.WRITE);
      }
      client.close();
      pair.pump();
      assertThat(pair.server().isEnded()).isTrue();
      assertThat(pair.server().received()).hasSize(BYTES);
      assertThat(client.wire().recordsWritten()).isEqualTo(pair.server().wire().recordsRead());
    }
  }

  private static WireFactory wires(boolean server, Protocol version) {
    return SslContext.provider(Provided.NAME)
        .open(
            new SslSettings(
                server,
                server ? Pki.LOCAL : null,
                Pki.ANCHORS,
                Verify.CHAIN_AND_HOST,
                ClientAuth.NONE,
                Set.of(version),
                CipherString.parse(CipherString.MODERN),
                Set.of(),
                List.of(),
                null));
  }
}
