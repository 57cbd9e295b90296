package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.tests.Using;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** KeyUpdate in TLS 1.3 (RFC 8446 4.6.3) and records without data, one and floods of them. */
class KeyUpdateTest {
  private final Heard server = new Heard();
  private final AtomicReference<EnginePeer> peer = new AtomicReference<>();

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 30})
  void data_behind_key_updates_arrives(int updates) {
    send(updates);
    assertArrived();
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 5000})
  void a_flood_of_key_updates_costs_little_or_is_refused(int updates) {
    send(updates);
    if (Using.jdk()) {
      assertArrived();
      return;
    }
    server.ssl(Side.OURS, Stage.DATA, "too many key updates");
    assertThat(peer.get().refusal).contains("unexpected_message");
    assertThat(server.text).isEmpty();
  }

  private void assertArrived() {
    assertThat(server.text).hasToString("behind");
    assertThat(server.events).isEmpty();
    assertThat(peer.get().ended).isTrue();
  }

  private void send(int updates) {
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
    assertThat(most[0]).isLessThan(1 << 20);
  }
}
