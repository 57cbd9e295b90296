package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Ssl;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import dev.ferrule.tests.Pki;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The read limit counts bytes of the link, not whole records. */
class SlowRecordTest {
  private final List<String> heard = new ArrayList<>();
  private final ArrayDeque<Byte> held = new ArrayDeque<>();
  private boolean slow;

  @Test
  void a_record_that_takes_longer_than_the_read_limit_arrives() {
    Loops.runUntilExit(
        new ManualClock().setup().tasks(Runnable::run),
        loop -> {
          var server =
              Ssl.server(loop, "127.0.0.1", 0)
                  .credentials(Pki.LOCAL)
                  .readTimeout(Duration.ofSeconds(5))
                  .onRead((socket, data) -> {
                    heard.add(data.remaining() + " bytes");
                    loop.exit();
                  })
                  .onEvent(event -> {
                    heard.add(event.toString());
                    loop.exit();
                  })
                  .open();
          int port = Relay.open(loop, server.port(), (relay, up, bytes) -> pass(relay, up, bytes));
          Ssl.connect(loop, "localhost", port)
              .trust(Pki.TRUST)
              .onSecure((socket, session) ->
                  loop.delay(
                      Duration.ofSeconds(1),
                      () -> {
                        slow = true;
                        socket.write("0123456789");
                      }))
              .onRead((socket, data) -> {})
              .onEvent(event -> {})
              .open();
        });
    assertThat(heard).containsExactly("10 bytes");
  }

  private void pass(Relay relay, boolean up, byte[] bytes) {
    if (!up || !slow) {
      relay.forward(up, bytes);
      return;
    }
    for (byte b : bytes) {
      held.add(b);
    }
    relay
        .server
        .loop()
        .interval(
            Duration.ofSeconds(1),
            () -> {
              if (!held.isEmpty()) {
                relay.forward(true, new byte[] {held.remove()});
              }
            });
  }
}
