package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.TcpReset;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslTruncated;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A FIN or an RST at every stage of the handshake, seen from both sides. */
class CutHandshakeTest {
  @ParameterizedTest
  @EnumSource
  void a_fin_in_the_handshake_is_a_truncation_for_both_sides(Cut cut) {
    Pair pair = cut(cut, false);
    SslTruncated server = pair.server.only(SslTruncated.class);
    boolean silent = cut == Cut.BEFORE_ANY_BYTE;
    assertThat(server.stage()).isEqualTo(silent ? Stage.HELLO : Stage.HANDSHAKE);
    assertThat(server.message())
        .contains(silent ? "before it said anything" : "in the middle of the handshake");
    assertThat(pair.server.order).doesNotContain("secure");
    if (cut == Cut.AFTER_SERVER_FLIGHT) {
      return; // then the client is done: see below
    }
    SslTruncated client = pair.client.only(SslTruncated.class);
    assertThat(client.stage()).isEqualTo(cut.inHello ? Stage.HELLO : Stage.HANDSHAKE);
    assertThat(pair.client.order).containsExactly("SslTruncated", "close");
  }

  @ParameterizedTest
  @EnumSource
  void an_rst_in_the_handshake_is_a_reset_for_both_sides(Cut cut) {
    Pair pair = cut(cut, true);
    assertThat(pair.server.only(TcpReset.class).message()).contains("reset");
    assertThat(pair.client.only(TcpReset.class).message()).contains("reset");
    assertThat(pair.server.order).doesNotContain("secure");
  }

  @Test
  void a_fin_after_the_servers_flight_reaches_a_client_that_is_done() {
    Pair pair = cut(Cut.AFTER_SERVER_FLIGHT, false);
    SslTruncated client = pair.client.only(SslTruncated.class);
    assertThat(client.stage()).isEqualTo(Stage.DATA);
    assertThat(pair.client.order).containsExactly("secure", "SslTruncated", "close");
  }

  @Test
  void nothing_is_called_after_the_event_of_a_failure_but_close() {
    Pair pair = cut(Cut.AFTER_SERVER_FLIGHT, true);
    assertThat(pair.client.order).endsWith("TcpReset", "close");
    assertThat(pair.client.order.indexOf("TcpReset")).isEqualTo(pair.client.order.size() - 2);
  }

  private static Pair cut(Cut cut, boolean reset) {
    return new Pair()
        .client(c -> c.data("a request"))
        .through((loop, port) -> Relay.open(loop, port, cut.by(reset)))
        .run();
  }
}
