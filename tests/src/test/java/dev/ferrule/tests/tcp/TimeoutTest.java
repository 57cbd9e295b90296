package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TimeoutTest {
  private final ManualClock clock = new ManualClock();
  private final long start = clock.getAsLong();
  private final List<String> log = new ArrayList<>();

  private void run(Consumer<EventLoop> main) {
    Loops.run(clock.setup(), main);
  }

  private void note(Event event) {
    if (event instanceof TcpTimeout timeout) {
      log.add(timeout.limit() + " after " + clock.since(start).toSeconds());
    }
  }

  /** A server that only accepts; its socket goes with the client's. */
  private static TcpServer silent(EventLoop loop, TcpSocket[] peer) {
    return Loopback.server(loop, s -> peer[0] = s);
  }

  @Test
  void nothing_received_for_so_long_is_a_timeout_and_the_socket_is_closed() {
    run(loop -> {
      TcpServer server = Loopback.sink(loop);
      TcpSocket[] socket = new TcpSocket[1];
      socket[0] =
          Loopback.client(loop, server)
              .readTimeout(Duration.ofSeconds(5))
              .onEvent(event -> {
                note(event);
                assertThat(socket[0].isClosed()).isTrue();
              })
              .open();
    });
    assertThat(log).containsExactly("READ after 5");
  }

  @Test
  void silence_counts_from_the_last_byte_even_when_the_loop_slept_before_it() {
    run(loop -> {
      TcpSocket[] peer = new TcpSocket[1];
      TcpServer server = silent(loop, peer);
      Loopback.client(loop, server)
          .readTimeout(Duration.ofSeconds(10))
          .onRead((s, data) -> log.add("read after " + clock.since(start).toSeconds()))
          .onEvent(this::note)
          .open();
      loop.delay(Duration.ofSeconds(9), () -> peer[0].write("x"));
    });
    assertThat(log).containsExactly("read after 9", "READ after 19");
  }

  @Test
  void a_peer_that_takes_nothing_while_something_waits_is_a_timeout() {
    run(loop -> {
      TcpSocket[] peer = new TcpSocket[1];
      TcpServer server = silent(loop, peer);
      Loopback.client(loop, server)
          .writeTimeout(Duration.ofSeconds(4))
          .onConnect(s -> loop.delay(Duration.ofHours(1), () -> s.write(new byte[32 << 20])))
          .onEvent(event -> {
            note(event);
            peer[0].abort();
          })
          .open();
    });
    assertThat(log).containsExactly("WRITE after 3604");
  }

  @Test
  void a_long_callback_does_not_eat_the_limit_of_what_it_writes_at_its_end() {
    run(loop -> {
      TcpSocket[] peer = new TcpSocket[1];
      TcpServer server = silent(loop, peer);
      Loopback.client(loop, server).onConnect(s -> s.disableReading()).open();
      loop.delay(
          Duration.ofSeconds(1),
          () -> {
            peer[0].writeTimeout(Duration.ofSeconds(4));
            peer[0].onEvent(event -> {
              note(event);
              loop.closeAll();
            });
            clock.advance(Duration.ofSeconds(10));
            peer[0].write(new byte[32 << 20]);
          });
    });
    assertThat(log).containsExactly("WRITE after 15");
  }

  @Test
  void a_write_limit_does_not_count_while_nothing_waits_or_writing_is_disabled() {
    run(loop -> {
      TcpServer server = Loopback.sink(loop);
      TcpSocket socket =
          Loopback.client(loop, server)
              .writeTimeout(Duration.ofSeconds(1))
              .data("x")
              .onEvent(this::note)
              .open();
      loop.delay(Duration.ofHours(1), () -> socket.write("y"));
      loop.delay(Duration.ofHours(2), socket::disableWriting);
      loop.delay(Duration.ofHours(2), () -> socket.write("z"));
      loop.delay(Duration.ofHours(3), socket::enableWriting);
      loop.delay(Duration.ofHours(4), socket::close);
    });
    assertThat(log).isEmpty();
  }

  @Test
  void the_limit_begins_anew_when_reading_is_enabled_and_does_not_count_while_it_is_not() {
    run(loop -> {
      TcpServer server = Loopback.sink(loop);
      TcpSocket socket =
          Loopback.client(loop, server)
              .readTimeout(Duration.ofSeconds(5))
              .onEvent(this::note)
              .open();
      loop.delay(Duration.ofSeconds(1), socket::disableReading);
      loop.delay(Duration.ofSeconds(100), socket::enableReading);
    });
    assertThat(log).containsExactly("READ after 105");
  }

  @Test
  void the_limit_begins_anew_when_a_full_stream_has_been_read() {
    run(loop -> {
      TcpServer server = Loopback.server(loop, s -> s.write(new byte[1 << 20]));
      var stream =
          Loopback.client(loop, server)
              .readTimeout(Duration.ofSeconds(5))
              .onEvent(this::note)
              .openStream();
      ByteBuffer all = ByteBuffer.allocate(2 << 20);
      for (int i = 0; i < 40; i++) {
        loop.delay(Duration.ofSeconds(100).plusMillis(i), () -> stream.read(all));
      }
    });
    assertThat(log).containsExactly("READ after 105");
  }

  @Test
  void limits_can_be_changed_and_taken_away_on_a_live_socket() {
    run(loop -> {
      TcpServer server = Loopback.sink(loop);
      TcpSocket socket =
          Loopback.client(loop, server).readTimeout(Duration.ofHours(5)).onEvent(this::note).open();
      loop.delay(Duration.ofSeconds(1), () -> socket.readTimeout(null));
      loop.delay(Duration.ofHours(9), () -> socket.readTimeout(Duration.ofSeconds(7)));
    });
    assertThat(log).containsExactly("READ after " + (9 * 3600 + 7));
  }

  @Test
  void to_set_or_pause_a_closed_socket_does_nothing() {
    Loops.run(loop -> {
      TcpServer server = Loopback.sink(loop);
      TcpSocket socket = Loopback.client(loop, server).open();
      socket.close();
      for (Runnable late :
          List.<Runnable>of(
              () -> socket.readTimeout(Duration.ofSeconds(1)),
              () -> socket.writeTimeout(null),
              socket::disableReading,
              socket::enableReading,
              socket::disableWriting,
              socket::enableWriting,
              socket::shutdownOutput)) {
        assertThatCode(late::run).doesNotThrowAnyException();
      }
    });
  }

  @Test
  void a_limit_must_be_longer_than_nothing_and_may_be_beyond_all_counting() {
    Loops.run(loop -> {
      TcpServer server = Loopback.sink(loop);
      assertThatThrownBy(() -> Loopback.client(loop, server).readTimeout(Duration.ZERO))
          .isInstanceOf(IllegalArgumentException.class);
      Loopback.client(loop, server)
          .readTimeout(Duration.ofSeconds(Long.MAX_VALUE))
          .writeTimeout(Duration.ofSeconds(Long.MAX_VALUE))
          .data("x")
          .onWrite(TcpSocket::close)
          .open();
    });
  }
}
