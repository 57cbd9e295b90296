package dev.ferrule.tests.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Notifier;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.testkit.NetworkConditions;
import dev.ferrule.testkit.SimulatedNetwork;
import dev.ferrule.tests.Acknowledging;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What was accepted goes out, whoever wrote it and whatever the link did meanwhile. The network is
 * simulated: a loop that waits for nothing fails at once, and the clock stands unless a limit runs.
 */
@Tag("once")
class DeliveryTest {
  private static final int MUCH = 20 << 20;

  private final List<String> log = new ArrayList<>();
  private long arrived;

  /** Holds as much as a socket's buffers may. */
  private static SimulatedNetwork small() {
    return SimulatedNetwork.of(NetworkConditions.holding(64 * 1024));
  }

  /** Counts what arrives, and ends with the peer. */
  private TcpServer counting(EventLoop loop) {
    TcpServer[] server = new TcpServer[1];
    server[0] =
        Tcp.server(loop, "127.0.0.1", 0)
            .onConnect(socket -> server[0].close())
            .onRead((socket, data) -> arrived += data.remaining())
            .onEvent(event -> log.add("server " + event.getClass().getSimpleName()))
            .open();
    return server[0];
  }

  private Tcp.Client client(EventLoop loop, TcpServer server) {
    return Tcp.connect(loop, "127.0.0.1", server.port())
        .onEvent(event -> log.add("client " + event.getClass().getSimpleName()));
  }

  @Test
  void a_link_that_takes_all_at_the_next_call_gets_all() {
    SimulatedNetwork network = new SimulatedNetwork(0, end -> new Acknowledging(100_000));
    long begun = network.clock().getAsLong();
    network
        .setup()
        .run(loop ->
            client(loop, counting(loop))
                .onConnect(socket -> {
                  for (int i = 0; i < 500; i++) {
                    socket.write(new byte[20_000]);
                  }
                  socket.close();
                })
                .open());
    assertThat(arrived).isEqualTo(10_000_000);
    assertThat(log).containsExactly("server TcpEof");
    assertThat(network.clock().since(begun)).isZero();
  }

  /** From where a program may write. */
  @SuppressWarnings("ImmutableEnumChecker") // they capture nothing
  enum From {
    EXECUTE((loop, write) -> loop.execute(write)),
    TIMER((loop, write) -> loop.delay(Duration.ofMillis(1), write)),
    NOTIFIER((loop, write) -> {
      Notifier notifier = loop.notifier(write);
      notifier.trigger();
    }),
    ANOTHERS_CALLBACK((loop, write) -> another(loop, other -> write.run()));

    private final BiConsumer<EventLoop, Runnable> place;

    From(BiConsumer<EventLoop, Runnable> place) {
      this.place = place;
    }

    private static void another(EventLoop loop, Consumer<TcpSocket> connected) {
      TcpServer server = Tcp.server(loop, "127.0.0.1", 0).onEvent(event -> {}).open();
      Tcp.connect(loop, "127.0.0.1", server.port())
          .onConnect(socket -> {
            server.close();
            connected.accept(socket);
            socket.close();
          })
          .open();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_is_written_from_elsewhere_goes_out_whole(From from) {
    small()
        .setup()
        .run(loop ->
            client(loop, counting(loop))
                .onConnect(socket ->
                    from.place.accept(
                        loop,
                        () -> {
                          socket.write(new byte[MUCH]);
                          loop.delay(Duration.ofSeconds(1), () -> closeAfter(socket));
                        }))
                .open());
    assertThat(log).containsExactly(MUCH + " bytes", "server TcpEof");
  }

  private void closeAfter(TcpSocket socket) {
    log.add(arrived + " bytes");
    socket.close();
  }

  @Test
  void what_the_event_callback_of_a_failing_socket_writes_to_another_goes_out() {
    small()
        .setup()
        .run(loop -> {
          TcpSocket chat = client(loop, counting(loop)).open();
          TcpServer cutting =
              Tcp.server(loop, "127.0.0.1", 0).onConnect(TcpSocket::abort).onEvent(e -> {}).open();
          TcpSocket failing =
              Tcp.connect(loop, "127.0.0.1", cutting.port())
                  .onConnect(TcpSocket::disableReading)
                  .onEvent(event -> chat.write("one has left".getBytes(UTF_8)))
                  .open();
          loop.delay(Duration.ofMillis(1), () -> failing.write(new byte[100_000])); // at once
          loop.delay(
              Duration.ofMillis(2),
              () -> {
                cutting.close();
                closeAfter(chat);
              });
        });
    assertThat(log).containsExactly("12 bytes", "server TcpEof");
  }

  @Test
  void a_limit_set_while_reading_is_held_off_runs_once_it_goes_on() {
    ByteBuffer all = ByteBuffer.allocate(1 << 20);
    small()
        .setup()
        .run(loop -> {
          TcpServer server =
              Tcp.server(loop, "127.0.0.1", 0)
                  .onConnect(socket -> socket.write(new byte[300_000]))
                  .onEvent(event -> {})
                  .open();
          TcpSocket client =
              client(loop, server)
                  .onStream((socket, stream) -> {
                    if (stream.available() >= 256 * 1024) {
                      socket.readTimeout(Duration.ofSeconds(1));
                      stream.read(all);
                    }
                  })
                  .onClose(server::close)
                  .open();
          loop.delay(Duration.ofSeconds(9), client::abort);
        });
    assertThat(log).containsExactly("client " + TcpTimeout.class.getSimpleName());
  }

  @Test
  void more_than_may_be_queued_is_no_clean_end() {
    small()
        .setup()
        .run(loop ->
            client(loop, counting(loop))
                .maxQueued(1_000)
                .onConnect(socket -> {
                  socket.write(new byte[MUCH]);
                  socket.write(new byte[1]);
                  socket.close();
                })
                .open());
    assertThat(log).containsExactlyInAnyOrder("client TcpError", "server TcpReset");
  }

  @Test
  void a_reset_while_closing_with_bytes_queued_is_told() {
    small()
        .setup()
        .run(loop -> {
          TcpServer server =
              Tcp.server(loop, "127.0.0.1", 0)
                  .onConnect(socket -> {
                    socket.disableReading();
                    loop.delay(Duration.ofSeconds(1), socket::abort);
                  })
                  .onEvent(event -> {})
                  .open();
          client(loop, server)
              .onConnect(socket -> {
                socket.write(new byte[MUCH]);
                socket.close();
              })
              .onClose(server::close)
              .open();
        });
    assertThat(log).containsExactly("client TcpReset");
  }

  @Test
  void an_abort_while_connecting_with_bytes_queued_is_no_clean_end() {
    small()
        .setup()
        .run(loop -> {
          TcpSocket[] client = new TcpSocket[1];
          TcpServer server =
              Tcp.server(loop, "127.0.0.1", 0)
                  .onConnect(socket -> client[0].abort())
                  .onRead((socket, data) -> {})
                  .onEvent(event -> log.add("server " + event.getClass().getSimpleName()))
                  .open();
          client[0] = client(loop, server).onClose(server::close).open();
          client[0].write(new byte[100]);
        });
    assertThat(log).doesNotContain("server TcpEof");
  }

  @Test
  void what_waits_for_a_stream_is_told_before_the_end() {
    small()
        .setup()
        .run(loop -> {
          TcpServer server =
              Tcp.server(loop, "127.0.0.1", 0)
                  .onConnect(socket -> {
                    socket.write("hello");
                    loop.delay(Duration.ofMillis(2), socket::close);
                  })
                  .onEvent(event -> {})
                  .open();
          TcpSocket client = client(loop, server).onClose(server::close).open();
          loop.delay(Duration.ofMillis(1), client::disableReading);
          loop.delay(
              Duration.ofMillis(3),
              () -> {
                client.onStream((socket, stream) -> log.add(stream.available() + " bytes"));
                client.enableReading();
              });
        });
    assertThat(log).containsExactly("5 bytes", "client TcpEof");
  }
}
