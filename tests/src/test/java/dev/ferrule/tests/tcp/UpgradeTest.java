package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpError;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Another wire on a live connection, as STARTTLS does it, with a toy in the place of SSL. */
class UpgradeTest {
  private final List<String> log = new ArrayList<>();

  /** Answers START with GO in clear, and echoes masked from there on. */
  private TcpServer starting(EventLoop loop) {
    return Loopback.server(loop)
        .onRead((socket, data) -> {
          assertThat(Loopback.text(data)).isEqualTo("START");
          socket.write("GO");
          new Masked.Setup(socket).waiting().onRead(TcpSocket::write).open();
        })
        .onEvent(Loopback.ignored())
        .open();
  }

  @Test
  void clear_text_goes_before_and_masked_bytes_behind_the_upgrade() {
    Loops.run(loop -> {
      TcpServer server = starting(loop);
      Loopback.client(loop, server)
          .data("START")
          .onRead((socket, data) -> {
            log.add(Loopback.text(data));
            Masked masked =
                new Masked.Setup(socket)
                    .onSecure(() -> log.add("secure"))
                    .onRead((same, secret) -> {
                      log.add(Loopback.text(secret));
                      same.close();
                    })
                    .open();
            masked.write("held until the handshake is done");
          })
          .open();
    });
    assertThat(log).containsExactly("GO", "secure", "held until the handshake is done");
  }

  @Test
  void a_socket_can_be_upgraded_in_its_connect_callback_on_both_sides() {
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop, s -> new Masked.Setup(s).waiting().onRead(TcpSocket::write).open());
      Loopback.client(loop, server)
          .onConnect(s ->
              new Masked.Setup(s)
                  .onRead((same, data) -> {
                    log.add(Loopback.text(data));
                    same.close();
                  })
                  .open()
                  .write("masked from the first byte"))
          .open();
    });
    assertThat(log).containsExactly("masked from the first byte");
  }

  @Test
  void the_old_socket_says_that_it_was_wrapped() {
    Loops.run(loop -> {
      TcpServer server = starting(loop);
      TcpSocket[] old = new TcpSocket[1];
      old[0] =
          Loopback.client(loop, server)
              .onConnect(s -> {
                Masked masked = new Masked.Setup(s).open();
                for (Runnable call : List.<Runnable>of(() -> s.write("x"), s::close, s::isClosed)) {
                  assertThatThrownBy(call::run)
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageContaining("was wrapped");
                }
                assertThatThrownBy(() -> new Masked.Setup(s))
                    .isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> new Masked.Setup(masked).open())
                    .hasMessageContaining("already");
                masked.abort();
              })
              .open();
    });
  }

  /** What a listener on the wire sees when the program writes a secret into a failing upgrade. */
  private String overheard(boolean breaking) {
    Loopback.Text heard = new Loopback.Text();
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop)
              .onConnect(s -> s.write("GO, and what an attacker put behind it"))
              .onRead(heard)
              .onEvent(Loopback.ignored())
              .open();
      Loopback.client(loop, server)
          .onRead((socket, data) -> {
            data.position(breaking ? data.limit() : 2);
            Masked.Setup setup = new Masked.Setup(socket);
            Masked masked = (breaking ? setup.breaking() : setup).open();
            masked.write("a secret");
            masked.write("a large secret".repeat(10_000));
            assertThat(log).as("told later").isEmpty();
          })
          .onEvent(event -> log.add(((TcpError) event).code()))
          .open();
    });
    return heard.toString();
  }

  @Test
  void bytes_behind_the_point_of_upgrade_fail_it_and_nothing_is_sent_in_clear() {
    assertThat(overheard(false)).isEmpty();
    assertThat(log).containsExactly("EINJECTED");
  }

  @Test
  void an_upgrade_that_cannot_be_made_sends_nothing_in_clear_either() {
    assertThat(overheard(true)).isEmpty();
    assertThat(log).containsExactly("EIO");
  }

  @Test
  void what_the_old_socket_queued_goes_out_in_clear_and_in_order() {
    Loopback.Text heard = new Loopback.Text();
    String large = "clear ".repeat(1_000_000);
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpServer server = Loopback.server(loop).onRead(heard).onEvent(Loopback.ignored()).open();
          Loopback.client(loop, server)
              .onConnect(s -> {
                s.write(large);
                assertThat(s.queued()).isPositive();
                Masked masked = new Masked.Setup(s).onEvent(Loopback.ignored()).open();
                masked.write("never sent: the peer does not greet");
                loop.delay(Duration.ofMillis(300), masked::abort);
              })
              .open();
        });
    assertThat(heard.toString()).isEqualTo(large + "!");
  }

  @Test
  void a_socket_that_is_closed_or_was_shut_down_cannot_be_upgraded() {
    Loops.run(loop -> {
      TcpServer server = starting(loop);
      TcpSocket early = Loopback.client(loop, server).onEvent(e -> {}).open();
      early.close();
      assertThatThrownBy(() -> new Masked.Setup(early).open()).hasMessageContaining("closed");
    });
  }
}
