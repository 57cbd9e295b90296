package dev.ferrule.tests.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpReset;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.event.UnreadLimit;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Poller;
import dev.ferrule.testkit.ForwardingLink;
import dev.ferrule.testkit.ForwardingPoller;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that was accepted is lost, and nothing hangs, wherever a program writes from. */
class NothingLostTest {
  private static final int SIZE = 20_000_000;

  /** A server that counts what it gets, and closes behind the peer's end. */
  private static TcpServer counting(EventLoop loop, AtomicLong received) {
    TcpServer[] server = new TcpServer[1];
    server[0] =
        Tcp.server(loop, "127.0.0.1", 0)
            .onRead((socket, data) -> received.addAndGet(data.remaining()))
            .onClose(() -> server[0].close())
            .onEvent(event -> {})
            .open();
    return server[0];
  }

  private static void send(TcpSocket socket) {
    socket.write(new byte[SIZE]);
    socket.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "execute", "timer", "notifier", "another socket"})
  void all_that_was_written_arrives_wherever_it_was_written(String place) {
    AtomicLong received = new AtomicLong();
    Loops.run(loop -> {
      TcpServer server = counting(loop, received);
      Tcp.connect(loop, "127.0.0.1", server.port())
          .onConnect(socket -> {
            switch (place) {
              case "execute" -> loop.execute(() -> send(socket));
              case "timer" -> loop.delay(Duration.ofMillis(1), () -> send(socket));
              case "notifier" -> loop.notifier(() -> send(socket)).trigger();
              case "another socket" ->
                  Tcp.connect(loop, "127.0.0.1", server.port())
                      .onConnect(other -> {
                        send(socket);
                        other.abort();
                      })
                      .open();
              default -> send(socket);
            }
          })
          .open();
    });
    assertThat(received).hasValue(SIZE);
  }

  @Test
  void more_than_may_be_queued_is_a_reset_and_never_a_clean_end() {
    List<Event> ours = new ArrayList<>();
    List<Event> theirs = new ArrayList<>();
    Loops.run(loop -> {
      TcpServer[] server = new TcpServer[1];
      server[0] =
          Tcp.server(loop, "127.0.0.1", 0)
              .onRead((socket, data) -> {})
              .onEvent(theirs::add)
              .onClose(() -> server[0].close())
              .open();
      Tcp.connect(loop, "127.0.0.1", server[0].port())
          .maxQueued(1000)
          .onEvent(ours::add)
          .onConnect(socket -> {
            socket.disableWriting();
            socket.write(new byte[2000]);
            socket.write(new byte[2000]);
            socket.close();
          })
          .open();
    });
    assertThat(ours).singleElement().matches(e -> e.message().contains("1000 bytes wait"));
    assertThat(theirs).singleElement().isInstanceOf(TcpReset.class);
  }

  @Test
  void what_an_event_callback_writes_to_another_socket_goes_out_at_once() {
    StringBuilder heard = new StringBuilder();
    Loops.run(loop -> {
      TcpSocket[] witness = new TcpSocket[1];
      TcpServer[] server = new TcpServer[1];
      server[0] =
          Tcp.server(loop, "127.0.0.1", 0)
              .maxQueued(1)
              .onEvent(event -> witness[0].write("gone"))
              .onConnect(socket -> {
                if (witness[0] == null) {
                  witness[0] = socket;
                  return;
                }
                socket.disableWriting();
                socket.write("more");
                socket.write("than fits");
              })
              .open();
      Tcp.connect(loop, "127.0.0.1", server[0].port())
          .onRead((socket, data) -> {
            while (data.hasRemaining()) {
              heard.append((char) data.get());
            }
            server[0].close();
            socket.abort();
          })
          .onConnect(socket ->
              Tcp.connect(loop, "127.0.0.1", server[0].port()).onEvent(event -> {}).open())
          .open();
    });
    assertThat(heard).hasToString("gone");
  }

  @Test
  void a_read_limit_counts_from_the_moment_that_the_socket_was_opened() {
    ManualClock clock = new ManualClock();
    List<TcpTimeout.Limit> limits = new ArrayList<>();
    Loops.run(
        clock.setup(provider -> ForwardingPoller.provider(provider, Nowhere::new)),
        loop ->
            Tcp.connect(loop, "127.0.0.1", 1)
                .readTimeout(Duration.ofSeconds(2))
                .onEvent(event -> limits.add(((TcpTimeout) event).limit()))
                .open());
    assertThat(limits).containsExactly(TcpTimeout.Limit.READ);
  }

  /** Connecting never ends. */
  private static final class Nowhere extends ForwardingPoller {
    Nowhere(Poller real) {
      super(real);
    }

    @Override
    public Link connect(SocketAddress remote) throws IOException {
      return new ForwardingLink(super.connect(remote)) {
        @Override
        public void interest(int ops) {}
      };
    }
  }

  @Test
  void a_full_stream_is_told_and_what_waits_can_be_looked_at() {
    List<Event> events = new ArrayList<>();
    ByteBuffer head = ByteBuffer.allocate(3);
    Loops.run(loop -> {
      TcpServer[] server = new TcpServer[1];
      server[0] =
          Tcp.server(loop, "127.0.0.1", 0).onConnect(socket -> socket.write("abcdefgh")).open();
      Tcp.connect(loop, "127.0.0.1", server[0].port())
          .maxUnread(4)
          .onStream((socket, stream) -> {})
          .onEvent(event -> {
            events.add(event);
            TcpSocket socket = (TcpSocket) event.socket();
            socket.stream().peek(head);
            assertThat(socket.stream().available()).isEqualTo(8);
            server[0].close();
            socket.abort();
          })
          .open();
    });
    assertThat(events).singleElement().isInstanceOf(UnreadLimit.class);
    assertThat(new String(head.array(), UTF_8)).isEqualTo("abc");
  }

  @Test
  void a_stranger_ends_no_server_that_has_no_event_callback() {
    TcpServer[] server = new TcpServer[1];
    Loops.run(loop -> {
      server[0] =
          Tcp.server(loop, "127.0.0.1", 0)
              .onRead((socket, data) -> {})
              .onClose(() -> server[0].close())
              .open();
      Tcp.connect(loop, "127.0.0.1", server[0].port())
          .onConnect(socket -> {
            socket.write("x", TcpSocket::abort);
          })
          .open();
    });
    assertThat(server[0].unheardErrors()).isEqualTo(1);
  }

  @Test
  void a_setup_opens_once() {
    Loops.run(loop -> {
      Tcp.Server setup = Tcp.server(loop, "127.0.0.1", 0);
      setup.open().close();
      assertThatThrownBy(setup::open).hasMessageContaining("opened already");
    });
  }

  @Test
  void a_callback_may_write_to_another_socket_that_was_closed() {
    List<Boolean> answers = new ArrayList<>();
    Loops.run(loop -> {
      TcpServer server = counting(loop, new AtomicLong());
      TcpSocket closed = Tcp.connect(loop, "127.0.0.1", server.port()).open();
      closed.abort();
      Tcp.connect(loop, "127.0.0.1", server.port())
          .onConnect(socket -> {
            answers.add(closed.write("late"));
            socket.close();
          })
          .open();
    });
    assertThat(answers).containsExactly(false);
  }
}
