package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.event.TcpTimeout.Limit;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** :read-timeout and :write-timeout. */
class ClAsyncTimeoutsTest {
  private static final Duration SHORT = Duration.ofMillis(150);

  private final List<Event> events = new ArrayList<>();

  private SslServer silent(EventLoop loop, boolean reads) {
    SslServer[] server = new SslServer[1];
    server[0] =
        Ends.server(loop)
            .onConnect(socket -> server[0].close())
            .onSecure((socket, session) -> {
              if (!reads) {
                socket.disableReading();
              }
            })
            .onRead((socket, data) -> {})
            .onEvent(event -> {})
            .open();
    return server[0];
  }

  @Test
  void an_idle_read_is_a_tcp_timeout_of_a_socket_that_is_closed_already() {
    Loops.run(loop -> {
      SslServer server = silent(loop, true);
      SslSocket[] client = new SslSocket[1];
      client[0] =
          Ends.client(loop, server.port())
              .readTimeout(SHORT)
              .onEvent(event -> {
                assertThat(client[0].isClosed()).isTrue();
                events.add(event);
              })
              .open();
    });
    assertThat(events)
        .singleElement()
        .isInstanceOfSatisfying(
            TcpTimeout.class, timeout -> assertThat(timeout.limit()).isEqualTo(Limit.READ));
  }

  @Test
  void a_write_timeout_does_not_count_while_nothing_waits_to_be_sent() {
    Loops.run(loop -> {
      SslServer server = silent(loop, true);
      SslSocket client =
          Ends.client(loop, server.port())
              .writeTimeout(SHORT)
              .data("a")
              .onEvent(events::add)
              .open();
      loop.delay(SHORT.multipliedBy(2), () -> client.write("b"));
      loop.delay(
          SHORT.multipliedBy(4),
          () -> {
            assertThat(client.isClosed()).isFalse();
            client.close();
          });
    });
    assertThat(events).isEmpty();
  }

  @Test
  void a_peer_that_takes_nothing_of_what_waits_is_a_tcp_timeout() {
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          SslServer server = silent(loop, false);
          SslSocket client =
              Ends.client(loop, server.port())
                  .writeTimeout(SHORT)
                  .data(new byte[30_000_000])
                  .onEvent(event -> {
                    events.add(event);
                    loop.exit();
                  })
                  .open();
          assertThat(client.queued()).isEqualTo(30_000_000);
        });
    assertThat(events)
        .singleElement()
        .isInstanceOfSatisfying(
            TcpTimeout.class, timeout -> assertThat(timeout.limit()).isEqualTo(Limit.WRITE));
  }

  @Test
  void a_timeout_can_be_set_taken_away_and_set_again() {
    Loops.run(loop -> {
      SslServer server = silent(loop, true);
      TcpSocket client =
          Ends.client(loop, server.port()).readTimeout(SHORT).onEvent(events::add).open();
      client.readTimeout(null);
      loop.delay(
          SHORT.multipliedBy(2),
          () -> {
            assertThat(events).isEmpty();
            client.readTimeout(SHORT);
          });
    });
    assertThat(events).singleElement().isInstanceOf(TcpTimeout.class);
  }
}
