package dev.ferrule.tests.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.Capture;
import dev.ferrule.EventLoop;
import dev.ferrule.event.Event;
import dev.ferrule.event.Notice;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A capture of a client whose addresses race to the end of the handshake. */
class RacedCaptureTest {
  private static final InetAddress NOBODY = InetAddress.ofLiteral("::1");
  private static final InetAddress SERVER = InetAddress.ofLiteral("127.0.0.1");

  @TempDir Path folder;
  private final List<Event> events = new ArrayList<>();
  private int received;

  private void visit(Capture capture) {
    Loops.run(
        EventLoop.setup().resolver(host -> List.of(NOBODY, SERVER)),
        loop -> {
          SslServer server =
              Ssl.server(loop, "127.0.0.1", 0)
                  .credentials(Pki.LOCAL)
                  .onRead((socket, data) -> socket.write(data))
                  .onEvent(event -> {})
                  .open();
          Ssl.connect(loop, "localhost", server.port())
              .trust(Pki.TRUST)
              .firstHandshakeWins()
              .capture(capture)
              .data(new byte[20_000])
              .onRead((socket, data) -> {
                received += data.remaining();
                if (received == 20_000) {
                  socket.close();
                }
              })
              .onEvent(events::add)
              .onClose(server::close)
              .open();
        });
  }

  @Test
  void has_the_handshake_and_the_data_of_the_winner() throws IOException {
    Path file = folder.resolve("raced.pcapng");
    try (Capture capture = Capture.to(file)) {
      visit(capture);
    }
    assertThat(events).allMatch(Notice.class::isInstance);
    Recorded recorded = Recorded.read(file);
    assertThat(recorded.ways).hasSize(2);
    for (Recorded.Way way : recorded.connection(0)) {
      assertThat(way.bytes.size()).isGreaterThan(500);
      assertThat(way.flags & Recorded.SYN).isEqualTo(Recorded.SYN);
    }
  }

  @Test
  void its_end_in_the_middle_of_the_data_is_told() throws IOException {
    try (Capture capture = Capture.to(folder.resolve("short.pcapng"), 10_000)) {
      visit(capture);
      assertThat(capture.problem()).isPresent();
    }
    assertThat(events).allMatch(Notice.class::isInstance);
    assertThat(events).extracting(Event::message).anyMatch(text -> text.contains("10,000 bytes"));
  }
}
