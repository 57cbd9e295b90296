package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.TcpServer;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.testkit.Loops;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lifetime that a server gives its tickets is what the client hears. */
class TicketLifetimeTest {
  private static final Pattern HINT = Pattern.compile("ticket lifetime hint: (\\d+) \\(seconds\\)");

  @ParameterizedTest
  @CsvSource({"TLS_1_2, 300", "TLS_1_3, 300", "TLS_1_2, 604800", "TLS_1_3, 604800"})
  void openssl_hears_the_lifetime(Protocol version, int seconds) {
    assumeTrue(Program.exists("openssl"), "there is no openssl on this machine");
    AtomicReference<Program> client = new AtomicReference<>();
    Loops.runInline(loop -> {
      AtomicReference<TcpServer> listening = new AtomicReference<>();
      listening.set(
          Ends.server(loop, version)
              .ticketLifetime(Duration.ofSeconds(seconds))
              .onSecure((socket, session) -> {
                listening.get().close();
                socket.write("!");
                socket.close();
              })
              .onEvent(event -> {})
              .open());
      client.set(
          Program.start(
              List.of("openssl", "s_client", "-connect", "127.0.0.1:" + listening.get().port())));
    });
    try (Program peer = client.get()) {
      int heard = Integer.parseInt(peer.await(HINT).group(1));
      assertThat(heard).as("a second may pass meanwhile").isBetween(seconds - 1, seconds);
    }
  }
}
