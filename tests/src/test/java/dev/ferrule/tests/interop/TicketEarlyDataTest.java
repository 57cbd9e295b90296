package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.BlockingSocket;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSessions;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client hears how much early data its server's ticket allows (RFC 8446 4.6.1). */
@Timeout(60)
class TicketEarlyDataTest {
  private static final Pattern PORT = Pattern.compile("^ACCEPT .*:(\\d+)$");

  @ParameterizedTest
  @ValueSource(longs = {0, 4096, Integer.MAX_VALUE})
  void what_openssls_ticket_allows_is_told(long bytes) throws IOException {
    assumeTrue(Program.exists("openssl"), "there is no openssl on this machine");
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                Pki.server().chain().toString(),
                "-key",
                Pki.server().key().toString()));
    if (bytes > 0) {
      command.addAll(List.of("-early_data", "-max_early_data", "" + bytes));
    }
    SslContext context = SslContext.client().trust(Pki.TRUST).minProtocol(Protocol.TLS_1_3).build();
    try (Program server = Program.start(command)) {
      int port = Integer.parseInt(server.await(PORT).group(1));
      try (BlockingSocket<SslSocket> socket =
          Ssl.dial("127.0.0.1", port, client -> client.context(context))) {
        SslSession session = socket.socket().session().orElseThrow();
        boolean known = session.records() == RecordLayer.JAVA;
        assertThat(kept(context, socket, known).earlyData())
            .isEqualTo(known ? OptionalLong.of(bytes) : OptionalLong.empty());
      }
    }
  }

  /** Tickets come with what is read; what one allows is known a moment after it is kept. */
  private static SslSessions.Entry kept(
      SslContext context, BlockingSocket<SslSocket> socket, boolean known) throws IOException {
    socket.readTimeout(Duration.ofMillis(20));
    while (context.sessions().entries().stream()
        .noneMatch(entry -> !known || entry.earlyData().isPresent())) {
      try {
        assertThat(socket.input().read(new byte[1])).isEqualTo(-1);
      } catch (SocketTimeoutException e) {
        // Once more, within the time limit of the test.
      }
    }
    return context.sessions().entries().getFirst();
  }
}
