package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.tests.Pki;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A client without TCP_NODELAY holds its first request back until its Finished is acknowledged, and
 * the kernel acknowledges after 40 ms unless there is something to send: the session tickets.
 */
class FirstAnswerTest {
  private static final int TIMES = 20;

  @Test
  void a_client_that_asks_right_after_the_handshake_is_answered_without_the_forty_milliseconds() {
    assumeTrue(Program.exists("python3"), "python3 is not installed here");
    try (Background loop = new Background()) {
      int port =
          loop.call(eventLoop ->
                  Ends.server(eventLoop)
                      .onRead((socket, data) -> socket.write("!"))
                      .onEvent(event -> {})
                      .open())
              .port();
      String script = PeerKind.resource("first_answers.py");
      List<String> command =
          List.of(
              "python3", script, "" + port, Pki.trustFile().toString(), Integer.toString(TIMES));
      try (Program client = Program.start(command)) {
        List<Double> millis =
            client
                .output()
                .lines()
                .filter(line -> line.startsWith("MILLIS "))
                .map(line -> Double.valueOf(line.substring(7)))
                .toList();
        assertThat(millis).hasSize(TIMES);
        // On a busy machine one or the other may wait for its turn; the stall hits every one.
        assertThat(millis).filteredOn(one -> one < 20).hasSizeGreaterThan(TIMES / 2);
      }
    }
  }
}
