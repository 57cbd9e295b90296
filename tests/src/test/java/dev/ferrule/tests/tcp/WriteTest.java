package dev.ferrule.tests.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.event.TcpError;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import dev.ferrule.testkit.Ports;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class WriteTest {
  private static final int MIB = 1 << 20;

  private final List<String> log = new ArrayList<>();
  private final Loopback.Text got = new Loopback.Text();

  /** Runs {@code client} once connected; what it sends is in {@link #got} afterwards. */
  private void send(Consumer<TcpSocket> client) {
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpServer server = Loopback.server(loop).onRead(got).onEvent(e -> {}).open();
          Loopback.client(loop, server).onConnect(client).open();
        });
  }

  @Test
  void data_then_writes_before_connecting_then_writes_in_the_connect_callback_arrive_in_order() {
    Loops.run(loop -> {
      TcpServer server = Loopback.server(loop).onRead(got).onEvent(e -> {}).open();
      TcpSocket socket =
          Loopback.client(loop, server)
              .data("ha")
              .onConnect(s -> {
                s.write("am here");
                s.close();
              })
              .open();
      socket.write("i ");
    });
    assertThat(got).hasToString("hai am here");
  }

  @Test
  void a_part_of_an_array_is_written_and_nothing_else() {
    send(socket -> {
      byte[] bytes = "0123456789".getBytes(UTF_8);
      socket.write(bytes, 3, 4);
      assertThatThrownBy(() -> socket.write(bytes, 8, 4))
          .isInstanceOf(IndexOutOfBoundsException.class);
      socket.write(bytes, 10, 0);
      socket.close();
    });
    assertThat(got).hasToString("3456");
  }

  @Test
  void a_buffer_may_be_used_again_as_soon_as_write_returns() {
    send(socket -> {
      ByteBuffer buffer = ByteBuffer.allocate(1);
      for (char c : "borrowed".toCharArray()) {
        socket.write(buffer.clear().put((byte) c).flip());
      }
      socket.close();
    });
    assertThat(got).hasToString("borrowed");
  }

  @Test
  void the_callback_of_a_write_is_its_own_and_the_flush_callback_comes_once() {
    Loops.run(loop -> {
      TcpServer server = Loopback.sink(loop);
      Loopback.client(loop, server)
          .onConnect(s -> {
            s.write("one", x -> log.add("one"));
            s.write("two");
            s.write("three", x -> log.add("three"));
          })
          .onWrite(s -> {
            log.add("all");
            s.close();
          })
          .open();
    });
    assertThat(log).containsExactly("one", "three", "all");
  }

  @Test
  void a_write_of_nothing_before_connecting_has_its_callback_too() {
    Loops.run(loop -> {
      TcpServer server = Loopback.sink(loop);
      Loopback.client(loop, server).open().write("", TcpSocket::close);
    });
  }

  @Test
  void closing_in_the_callback_of_a_write_loses_nothing() {
    send(socket -> socket.write("THIS IS A LINE!", TcpSocket::close));
    assertThat(got).hasToString("THIS IS A LINE!");
  }

  @Test
  void one_that_writes_on_in_its_callback_does_not_starve_the_loop() {
    byte[] large = new byte[128 * 1024];
    Loops.run(loop -> {
      TcpServer server = Loopback.sink(loop);
      TcpSocket socket = Loopback.client(loop, server).open();
      AtomicInteger writes = new AtomicInteger();
      writeOn(socket, large, writes);
      loop.delay(Duration.ofMillis(20), socket::close);
    });
  }

  private static void writeOn(TcpSocket socket, byte[] data, AtomicInteger writes) {
    socket.write(
        ByteBuffer.wrap(data),
        s -> {
          writes.incrementAndGet();
          writeOn(s, data, writes);
        });
  }

  @Test
  void write_says_hold_off_above_the_high_mark_and_the_drain_callback_says_go_on() {
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpSocket[] taker = new TcpSocket[1];
          TcpServer server = Loopback.server(loop, s -> taker[0] = s);
          Loopback.client(loop, server)
              .waterMarks(1_000, 64 * 1024)
              .onConnect(s -> {
                while (s.write(new byte[MIB])) {
                  log.add("more");
                }
                assertThat(s.queued()).isGreaterThan(64 * 1024);
                assertThat(s.write("x")).isFalse();
                log.add("held");
                loop.delay(Duration.ofMillis(5), () -> taker[0].onRead((t, data) -> {}));
              })
              .onDrain(s -> {
                assertThat(s.queued()).isLessThanOrEqualTo(1_000);
                assertThat(s.write("y")).isTrue();
                log.add("drained");
                s.close();
              })
              .open();
        });
    assertThat(log).endsWith("held", "drained").containsOnlyOnce("held", "drained");
  }

  @Test
  void too_much_queued_fails_the_socket_but_not_inside_the_call() {
    Loops.run(loop -> {
      TcpSocket[] taker = new TcpSocket[1];
      TcpServer server = Loopback.server(loop, s -> taker[0] = s);
      Loopback.client(loop, server)
          .maxQueued(MIB)
          .onConnect(s -> {
            for (int i = 0; i < 30; i++) {
              s.write(new byte[MIB]);
            }
            log.add("returned");
          })
          .onEvent(event -> {
            log.add(((TcpError) event).code());
            taker[0].abort();
          })
          .open();
    });
    assertThat(log).containsExactly("returned", "EOUTBOX");
  }

  @Test
  void a_write_after_a_failure_is_dropped_even_when_the_program_aborts_then() {
    TcpSocket[] ours = new TcpSocket[1];
    Loops.run(loop -> {
      TcpServer server = Loopback.server(loop, TcpSocket::abort);
      ours[0] =
          Loopback.client(loop, server)
              .onEvent(event -> {
                ours[0].abort();
                log.add("event " + ours[0].write("x"));
              })
              .onClose(() -> {
                server.close();
                log.add("close " + ours[0].write("x"));
              })
              .open();
    });
    assertThat(log).containsExactly("event false", "close false");
  }

  @Test
  void a_write_after_close_or_shutdown_throws_and_harms_nobody() {
    send(socket -> {
      socket.write("sent");
      socket.shutdownOutput();
      assertThatThrownBy(() -> socket.write("x")).isInstanceOf(SocketClosed.class);
      socket.close();
      assertThatThrownBy(() -> socket.write("x"))
          .isInstanceOf(SocketClosed.class)
          .hasMessageContaining("closed");
    });
    assertThat(got).hasToString("sent");
  }

  @Test
  void what_is_written_while_writing_is_disabled_waits_and_a_close_sends_it() {
    send(socket -> {
      socket.disableWriting();
      socket.write("kept");
      assertThat(socket.queued()).isEqualTo(4);
      socket
          .loop()
          .delay(
              Duration.ofMillis(5),
              () -> {
                assertThat(got).hasToString("");
                socket.enableWriting();
                socket.write(", then ");
                socket.disableWriting();
                socket.write("more");
                socket.close();
              });
    });
    assertThat(got).hasToString("kept, then more");
  }

  @Test
  void writing_to_another_socket_from_an_event_callback_sends_it_in_this_turn() {
    Loops.run(loop -> {
      TcpServer server = Loopback.server(loop).onRead(got).onEvent(e -> {}).open();
      TcpSocket other = Loopback.client(loop, server).open();
      Tcp.connect(loop, "127.0.0.1", Ports.refusing())
          .onEvent(e -> other.write("told", TcpSocket::close))
          .open();
    });
    assertThat(got).hasToString("told");
  }
}
