package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Provided;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** KeyUpdate in TLS 1.3 (RFC 8446 4.6.3) and records without data, one and floods of them. */
class KeyUpdateTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 30, 1000, 5000})
  void data_behind_key_updates_arrives_or_the_flood_is_refused(int updates) {
    Heard server = new Heard();
    AtomicReference<EnginePeer> peer = new AtomicReference<>();
    long[] most = new long[1];
    Loops.runInline(loop -> {
      SslServer listening =
          Pair.serve(
              loop,
              server,
              s ->
                  s.onRead((socket, data) -> {
                    server.read(data);
                    most[0] = Math.max(most[0], socket.queued());
                    if (server.text.toString().endsWith("behind")) {
                      socket.close();
                    }
                  }));
      peer.set(EnginePeer.connect(loop, listening.port(), engine -> engine.keyUpdates(updates)));
    });
    if (updates > Provided.KEY_UPDATES) {
      server.ssl(Side.OURS, Stage.DATA, "key updates");
      assertThat(server.text).isEmpty();
    } else {
      assertThat(server.text).hasToString("behind");
      assertThat(server.events).isEmpty();
    }
    assertThat(most[0]).isLessThan(1 << 20);
    assertThat(peer.get().ended).isTrue();
  }
}
