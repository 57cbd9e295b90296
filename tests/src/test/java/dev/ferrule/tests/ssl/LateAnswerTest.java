package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server that reads to the end and answers then. */
class LateAnswerTest {
  private final StringBuilder got = new StringBuilder();
  private final List<Event> errors = new ArrayList<>();

  private void ask(Protocol version) {
    Loops.runInline(loop -> {
      var server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .maxProtocol(version)
              .onRead((socket, data) -> {})
              .onEvent(event -> {
                if (event instanceof TcpEof && event.socket() instanceof TcpSocket socket) {
                  socket.write("answer");
                } else {
                  errors.add(event);
                }
              })
              .open();
      Ssl.connect(loop, "localhost", server.port())
          .trust(Pki.TRUST)
          .data("question")
          .onSecure((socket, session) -> socket.shutdownOutput())
          .onRead((socket, data) -> got.append(UTF_8.decode(data)))
          .onEvent(event -> {})
          .onClose(server::close)
          .open();
    });
  }

  @Test
  void over_tls_1_3_the_answer_arrives() {
    ask(Protocol.TLS_1_3);
    assertThat(got.toString()).isEqualTo("answer");
    assertThat(errors).isEmpty();
  }

  @Test
  void over_tls_1_2_it_arrives_or_the_server_is_told() {
    ask(Protocol.TLS_1_2);
    if (Provided.HALF_CLOSES_BEFORE_TLS_1_3) {
      assertThat(got.toString()).isEqualTo("answer");
      assertThat(errors).isEmpty();
      return;
    }
    assertThat(got.toString()).isEmpty();
    assertThat(errors)
        .singleElement()
        .isInstanceOfSatisfying(
            SslError.class,
            error -> {
              assertThat(error.stage()).isEqualTo(SslError.Stage.CLOSE);
              assertThat(error.code()).isEqualTo("OUTPUT_CLOSED");
            });
  }
}
