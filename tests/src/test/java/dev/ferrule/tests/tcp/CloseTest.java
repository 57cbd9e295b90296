package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpEof;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CloseTest {
  /** A callback in which a program may end its socket. */
  record Place(String name, BiConsumer<Tcp.Client, Consumer<TcpSocket>> with) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Place> places() {
    return List.of(
        new Place("connect", Tcp.Client::onConnect),
        new Place("read", (setup, end) -> setup.onRead((s, data) -> end.accept(s))),
        new Place("stream", (setup, end) -> setup.onStream((s, stream) -> end.accept(s))),
        new Place("write", Tcp.Client::onWrite),
        new Place("done", (setup, end) -> setup.onConnect(s -> s.write("x", end))),
        new Place(
            "drain",
            (setup, end) ->
                setup.waterMarks(0, 10).onConnect(s -> s.write(new byte[100])).onDrain(end)));
  }

  private final List<String> log = new ArrayList<>();

  private void endIn(Place place, Consumer<TcpSocket> end) {
    Loops.run(loop -> {
      TcpServer server = Loopback.echo(loop);
      Tcp.Client client = Loopback.client(loop, server).data("hello");
      place.with.accept(
          client.onEvent(Loopback.names(log)),
          socket -> {
            log.add("called");
            end.accept(socket);
            assertThat(socket.isClosed()).isTrue();
          });
      client.onClose(() -> {
        log.add("closed");
        server.close();
      });
      client.open();
    });
  }

  @ParameterizedTest
  @MethodSource("places")
  void a_close_in_any_callback_is_the_last_that_is_heard(Place place) {
    endIn(place, TcpSocket::close);
    assertThat(log).containsExactly("called", "closed");
  }

  @ParameterizedTest
  @MethodSource("places")
  void an_abort_in_any_callback_is_the_last_that_is_heard(Place place) {
    endIn(place, TcpSocket::abort);
    assertThat(log).containsExactly("called", "closed");
  }

  @ParameterizedTest
  @MethodSource("places")
  void any_mixture_of_endings_is_one_end(Place place) {
    endIn(
        place,
        socket -> {
          socket.shutdownOutput();
          socket.close();
          socket.close();
          socket.abort();
          socket.abort();
          socket.close();
        });
    assertThat(log).containsExactly("called", "closed");
  }

  @Test
  void ending_in_the_event_callback_and_in_the_close_callback_is_harmless() {
    Loops.run(loop -> {
      TcpServer server = Loopback.server(loop, TcpSocket::close);
      TcpSocket[] socket = new TcpSocket[1];
      socket[0] =
          Loopback.client(loop, server)
              .onEvent(event -> {
                log.add("event");
                socket[0].close();
                socket[0].abort();
              })
              .onClose(() -> {
                log.add("closed");
                socket[0].close();
                socket[0].abort();
                server.close();
              })
              .open();
    });
    assertThat(log).containsExactly("event", "closed");
  }

  @Test
  void half_close_goes_on_reading_until_the_peer_ends_too() {
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop)
              .halfOpen()
              .onRead((s, data) -> log.add("server read " + Loopback.text(data)))
              .onEvent(event -> {
                TcpSocket s = ((TcpEof) event).socket();
                s.write("answer after your end");
                s.close();
              })
              .open();
      Loopback.client(loop, server)
          .data("question")
          .onConnect(TcpSocket::shutdownOutput)
          .onRead((s, data) -> log.add("client read " + Loopback.text(data)))
          .onEvent(Loopback.names(log))
          .open();
    });
    assertThat(log)
        .containsExactly("server read question", "client read answer after your end", "TcpEof");
  }

  @Test
  void a_half_open_socket_is_closed_when_both_sides_have_ended() {
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop)
              .halfOpen()
              .onEvent(e -> ((TcpEof) e).socket().shutdownOutput())
              .onClose(() -> log.add("server's socket closed"))
              .open();
      Loopback.client(loop, server).onConnect(TcpSocket::shutdownOutput).onEvent(e -> {}).open();
    });
    assertThat(log).containsExactly("server's socket closed");
  }

  @Test
  void an_abort_is_a_reset_for_the_peer() {
    Loops.run(loop -> {
      TcpServer server = Loopback.server(loop).onConnect(TcpSocket::abort).onEvent(e -> {}).open();
      Loopback.client(loop, server).onEvent(Loopback.names(log)).open();
    });
    assertThat(log).containsExactly("TcpReset");
  }

  @Test
  void a_peer_that_never_ends_is_waited_for_no_longer_than_the_close_timeout() {
    ManualClock clock = new ManualClock();
    long start = clock.getAsLong();
    Loops.run(
        clock.setup(),
        loop -> {
          TcpSocket[] peer = new TcpSocket[1];
          TcpServer server =
              Loopback.server(loop).halfOpen().onConnect(s -> peer[0] = s).onEvent(e -> {}).open();
          Loopback.client(loop, server)
              .onConnect(s -> {
                s.write("x"); // and nobody is told that it went out: that must not spin
                s.close();
              })
              .onClose(() -> {
                log.add(clock.since(start).toSeconds() + " s");
                peer[0].close();
                server.close();
              })
              .open();
        });
    assertThat(log).containsExactly("3 s");
  }

  @Test
  void a_close_sends_all_that_is_queued_first() {
    int[] received = new int[1];
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop)
              .onRead((s, data) -> received[0] += data.remaining())
              .onEvent(e -> {})
              .open();
      Loopback.client(loop, server)
          .onConnect(s -> {
            s.write(new byte[8 << 20]);
            s.close();
          })
          .open();
    });
    assertThat(received[0]).isEqualTo(8 << 20);
  }

  @Test
  void close_callbacks_may_open_and_end_other_sockets() {
    Loops.run(
        EventLoop.setup(),
        loop -> {
          TcpServer server = Loopback.echo(loop);
          TcpSocket other = Tcp.connect(loop, "127.0.0.1", server.port()).open();
          Tcp.connect(loop, "127.0.0.1", server.port())
              .onConnect(TcpSocket::abort)
              .onClose(() -> {
                other.abort();
                Loopback.client(loop, server).onConnect(TcpSocket::close).open();
                log.add("closed");
              })
              .open();
        });
    assertThat(log).containsExactly("closed");
  }
}
