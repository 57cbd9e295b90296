package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslServer;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** KeyUpdate in TLS 1.3 (RFC 8446 4.6.3) and records without data, one and floods of them. */
class KeyUpdateTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1000, 5000})
  void data_behind_any_number_of_key_updates_arrives(int updates) {
    Heard server = new Heard();
    AtomicReference<EnginePeer> peer = new AtomicReference<>();
    long[] most = new long[1];
    Loops.run(loop -> {
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
                  }),
              s -> {},
              (socket, session) -> {});
      peer.set(EnginePeer.connect(loop, listening.port(), engine -> engine.keyUpdates(updates)));
    });
    assertThat(server.text).hasToString("behind");
    assertThat(server.events).isEmpty();
    assertThat(most[0]).isLessThan(1 << 20);
    assertThat(peer.get().ended).isTrue();
  }
}
