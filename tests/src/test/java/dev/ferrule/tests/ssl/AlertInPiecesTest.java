package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Protocol;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An alert ends both sides in TLS 1.2, so it is looked for before it is read: also in pieces. */
class AlertInPiecesTest {
  private boolean ending;

  /** The alert takes 31 bytes: a header of 5, and 26 that AES-GCM makes of 2. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 25, 26, 27, 29, 30})
  void a_close_notify_in_two_pieces_is_a_clean_end(int late) {
    Pair pair =
        new Pair()
            .client(c -> c.maxProtocol(Protocol.TLS_1_2).ciphers("ECDHE+AESGCM"))
            .through((loop, port) -> Relay.open(loop, port, (r, up, b) -> pass(r, up, b, late)))
            .onSecure(s -> {
              ending = true;
              s.write("data");
              s.close();
            })
            .run();
    pair.server.only(TcpEof.class);
    assertThat(pair.server.text).hasToString("data");
    assertThat(pair.client.events).isEmpty();
  }

  private void pass(Relay relay, boolean up, byte[] bytes, int late) {
    if (!up || !ending || bytes.length <= late) {
      relay.forward(up, bytes);
      return;
    }
    int first = bytes.length - late;
    relay.client.disableReading(); // its end comes behind the second piece
    relay.forward(true, Arrays.copyOf(bytes, first));
    Runnable second =
        () -> {
          relay.forward(true, Arrays.copyOfRange(bytes, first, bytes.length));
          relay.client.enableReading();
        };
    // A turn later the server has read the first.
    relay.server.loop().execute(() -> relay.server.loop().execute(second));
  }
}
