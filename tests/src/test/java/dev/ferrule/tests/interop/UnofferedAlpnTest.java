package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.event.Event;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server chooses among the application protocols that were offered (RFC 7301 3.1), or else. */
class UnofferedAlpnTest {
  @ParameterizedTest
  @CsvSource({"TLS_1_2, odd", "TLS_1_3, odd", "TLS_1_2, h", "TLS_1_3, h"})
  void a_server_that_chooses_what_was_not_offered_is_refused(Protocol version, String chosen) {
    try (Program server = server(chosen)) {
      List<Event> heard = connect(port(server), version);
      assertThat(heard).singleElement().isInstanceOf(SslError.class);
      SslError error = (SslError) heard.getFirst();
      assertThat(error.message()).isEqualTo(Provided.UNOFFERED_ALPN);
      assertThat(error.side()).isEqualTo(Side.OURS);
      assertThat(error.stage()).isIn(Stage.HELLO, Stage.HANDSHAKE);
      assertThat(error.alert()).hasValue(Provided.UNOFFERED_ALPN_ALERT);
      assertThat(server.output())
          .contains("FAILED ", "alert " + Provided.UNOFFERED_ALPN_ALERT.replace('_', ' '));
    }
  }

  @ParameterizedTest
  @CsvSource({"TLS_1_2", "TLS_1_3"})
  void the_same_server_is_taken_when_what_it_chooses_was_offered(Protocol version) {
    try (Program server = server("x")) {
      assertThat(connect(port(server), version)).isEmpty();
      assertThat(server.output()).contains("DATA");
    }
  }

  private static Program server(String chosen) {
    assumeTrue(Program.exists("python3"), "python3 is not installed here");
    String script = PeerKind.resource("odd_alpn.py");
    String chain = Pki.server().chain().toString();
    String key = Pki.server().key().toString();
    return Program.start(List.of("python3", script, chain, key, chosen));
  }

  private static int port(Program server) {
    String port = server.await(Pattern.compile("^PORT (\\d+)|^NONE")).group(1);
    assumeTrue(port != null, "python3 finds no libssl here");
    return Integer.parseInt(port);
  }

  /** What a client hears that sends a word as soon as it may, and ends. */
  private static List<Event> connect(int port, Protocol version) {
    List<Event> heard = new ArrayList<>();
    Loops.runInline(loop ->
        Ssl.connect(loop, "127.0.0.1", port)
            .trust(Pki.TRUST)
            .maxProtocol(version)
            .alpn("h2", "x")
            .onSecure((socket, session) -> {
              socket.write("x");
              socket.close();
            })
            .onEvent(heard::add)
            .open());
    return heard;
  }
}
