package dev.ferrule.tests.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What was written and could not be sent is never passed off as a clean end. */
class LossTest {
  private final ManualClock clock = new ManualClock();
  private final List<String> log = new ArrayList<>();

  private void meet(Consumer<TcpSocket> serving) {
    Loops.run(
        clock.setup(),
        loop -> {
          TcpServer server =
              Tcp.server(loop, "127.0.0.1", 0)
                  .onEvent(event -> log.add("server " + event.getClass().getSimpleName()))
                  .onRead((s, data) -> {})
                  .onConnect(serving)
                  .open();
          TcpSocket client =
              Tcp.connect(loop, "127.0.0.1", server.port())
                  .onConnect(TcpSocket::disableReading)
                  .onRead((s, data) -> {})
                  .onEvent(event -> log.add("client " + event.getClass().getSimpleName()))
                  .onClose(server::close)
                  .open();
          loop.delay(Duration.ofSeconds(30), client::enableReading);
        });
  }

  @Test
  void what_a_closing_socket_cannot_send_in_time_is_told_and_the_peer_sees_a_reset() {
    meet(socket -> {
      socket.write(new byte[20 << 20]);
      socket.close();
    });
    assertThat(log).containsExactly("server TcpTimeout", "client TcpReset");
  }

  @Test
  void what_a_peer_sent_before_its_reset_is_delivered_before_the_reset_is_told() {
    assertThat(heardBehindAReset(s -> s.write("too late"))).isEqualTo("all of it");
    assertThat(log).containsExactly("client TcpReset");
  }

  @Test
  void after_a_close_nothing_is_delivered_but_the_loss_is_told() {
    String heard =
        heardBehindAReset(s -> {
          s.write(new byte[100_000]); // fails at once, inside the call
          s.close();
        });
    assertThat(heard).isEmpty();
    assertThat(log).containsExactly("client TcpReset");
  }

  /** The peer has answered and reset; the client writes only then. */
  private String heardBehindAReset(Consumer<TcpSocket> late) {
    StringBuilder text = new StringBuilder();
    Loops.run(
        clock.setup(),
        loop -> {
          TcpServer server =
              Tcp.server(loop, "127.0.0.1", 0)
                  .onEvent(event -> log.add("server " + event.getClass().getSimpleName()))
                  .onRead((s, data) -> s.write("all of it", done -> done.abort()))
                  .open();
          Tcp.connect(loop, "127.0.0.1", server.port())
              .data("question")
              .onRead((s, data) -> text.append(UTF_8.decode(data)))
              .onEvent(event -> log.add("client " + event.getClass().getSimpleName()))
              .onClose(server::close)
              .onConnect(s -> {
                s.disableReading();
                loop.delay(
                    Duration.ofSeconds(1),
                    () -> {
                      late.accept(s); // fails first, and finds the answer behind it
                      s.enableReading();
                    });
              })
              .open();
        });
    return text.toString();
  }

  @Test
  void bytes_that_are_queued_at_exit_are_no_clean_end_for_the_peer() throws Exception {
    try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Loops.runUntilExit(
          EventLoop.setup(),
          loop ->
              Tcp.connect(loop, "127.0.0.1", peer.getLocalPort())
                  .onConnect(socket -> {
                    socket.write(new byte[20 << 20]);
                    loop.exit();
                  })
                  .open());
      try (Socket accepted = peer.accept()) {
        accepted.setSoTimeout(10_000);
        assertThatThrownBy(() -> accepted.getInputStream().readAllBytes())
            .isInstanceOf(IOException.class)
            .hasMessageContaining("reset");
      }
    }
  }

  @Test
  void a_write_limit_with_bytes_left_ends_in_a_reset() {
    meet(socket -> {
      socket.writeTimeout(Duration.ofSeconds(2));
      socket.write(new byte[20 << 20]);
    });
    assertThat(log).containsExactly("server TcpTimeout", "client TcpReset");
  }
}
