package dev.ferrule.tests.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.AsyncInput;
import dev.ferrule.AsyncOutput;
import dev.ferrule.AsyncStream;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamTest {
  private final List<String> log = new ArrayList<>();

  private static String read(AsyncInput stream, int most) {
    ByteBuffer buffer = ByteBuffer.allocate(most);
    int n = stream.read(buffer);
    return new String(buffer.array(), 0, n, UTF_8);
  }

  @Test
  void reading_gives_what_is_there_and_never_waits() {
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpServer server = Loopback.echo(loop);
          AsyncStream stream =
              Loopback.client(loop, server)
                  .data("0123456789")
                  .onStream((socket, s) -> {
                    assertThat(s.available()).isEqualTo(10);
                    log.add(read(s, 4));
                    log.add(read(s, 100));
                    log.add(read(s, 100));
                    socket.close();
                  })
                  .openStream();
          assertThat(stream.read(ByteBuffer.allocate(10))).isZero();
          assertThat(stream.atEnd()).isFalse();
        });
    assertThat(log).containsExactly("0123", "456789", "");
  }

  @Test
  void what_was_received_before_the_close_can_be_read_after_it() {
    List<AsyncStream> kept = new ArrayList<>();
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpServer server = Loopback.server(loop, s -> s.write("the rest", TcpSocket::close));
          kept.add(
              Loopback.client(loop, server)
                  .onClose(() -> {
                    server.close();
                    assertThat(kept.getFirst().atEnd()).isFalse();
                    log.add(read(kept.getFirst(), 100));
                    assertThat(kept.getFirst().atEnd()).isTrue();
                  })
                  .openStream());
        });
    assertThat(log).containsExactly("the rest");
  }

  @Test
  void a_stream_of_a_socket_with_a_read_callback_is_for_writing() {
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpServer server = Loopback.echo(loop);
          AsyncOutput stream =
              Loopback.client(loop, server)
                  .onRead((socket, data) -> {
                    log.add(Loopback.text(data));
                    socket.close();
                  })
                  .openStream();
          stream.write("spoken into the stream");
        });
    assertThat(log).containsExactly("spoken into the stream");
  }

  @Test
  void a_socket_can_be_made_a_stream_and_back_without_losing_a_byte() {
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpServer server = Loopback.echo(loop);
          TcpSocket socket = Loopback.client(loop, server).data("abc").open();
          socket.onStream((s, stream) -> {
            log.add(read(stream, 1));
            s.onRead((same, data) -> {
              log.add(Loopback.text(data));
              same.close();
            });
          });
          assertThat(AsyncStream.of(socket)).isSameAs(socket.stream());
        });
    assertThat(log).containsExactly("a", "bc");
  }

  @Test
  void a_stream_taken_late_holds_what_nobody_has_read() {
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpServer server = Loopback.echo(loop);
          TcpSocket socket = Loopback.client(loop, server).data("waiting").open();
          assertThatThrownBy(socket::stream).isInstanceOf(IllegalStateException.class);
          loop.delay(
              Duration.ofMillis(20),
              () -> {
                log.add(read(AsyncStream.of(socket), 100));
                socket.close();
              });
        });
    assertThat(log).containsExactly("waiting");
  }

  @Test
  void the_callback_is_not_called_again_for_bytes_it_left() {
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpServer server = Loopback.echo(loop);
          Loopback.client(loop, server)
              .data("x")
              .onStream((socket, stream) -> {
                log.add("told of " + stream.available());
                if (stream.available() == 3) {
                  stream.close();
                } else {
                  loop.delay(Duration.ofMillis(5), () -> socket.write("y", done -> {}));
                }
              })
              .open();
        });
    assertThat(log).containsExactly("told of 1", "told of 2", "told of 3");
  }

  @Test
  void a_stream_that_nobody_reads_holds_the_peer_off() {
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpServer server = Loopback.server(loop, s -> s.write(new byte[32 << 20]));
          AsyncStream stream = Loopback.client(loop, server).onEvent(e -> {}).openStream();
          loop.delay(
              Duration.ofMillis(100),
              () -> {
                log.add(stream.available() + "");
                stream.socket().abort();
              });
        });
    assertThat(Integer.parseInt(log.getFirst())).isBetween(256 * 1024, 512 * 1024);
  }
}
