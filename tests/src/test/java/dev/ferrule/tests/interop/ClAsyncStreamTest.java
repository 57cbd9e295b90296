package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.AsyncInput;
import dev.ferrule.AsyncOutput;
import dev.ferrule.AsyncStream;
import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** :stream and :dont-drain-read-buffer. */
class ClAsyncStreamTest {
  private final List<String> heard = new ArrayList<>();

  private static SslServer echo(EventLoop loop, Protocol protocol) {
    SslServer[] server = new SslServer[1];
    server[0] =
        Ends.server(loop, protocol)
            .onConnect(socket -> server[0].close())
            .onRead(TcpSocket::write)
            .open();
    return server[0];
  }

  private static String read(AsyncInput stream, int most) {
    ByteBuffer data = ByteBuffer.allocate(most);
    int n = stream.read(data);
    assertThat(n).isEqualTo(data.position());
    return UTF_8.decode(data.flip()).toString();
  }

  @Test
  void stream_mode_gives_socket_and_stream_and_returns_the_stream_of_the_ssl_socket() {
    Loops.run(loop -> {
      SslServer server = echo(loop, Protocol.TLS_1_3);
      AsyncStream[] opened = new AsyncStream[1];
      opened[0] =
          Ends.client(loop, server.port())
              .data("hai")
              .onStream((socket, stream) -> {
                assertThat(stream).isSameAs(opened[0]).isSameAs(socket.stream());
                heard.add(read(stream, 100));
                stream.close();
              })
              .openStream();
      assertThat(opened[0].socket()).isInstanceOf(SslSocket.class);
    });
    assertThat(heard).containsExactly("hai");
  }

  @Test
  void the_read_buffer_is_drained_by_reading_the_stream_only() {
    Loops.run(loop -> {
      SslServer server = echo(loop, Protocol.TLS_1_3);
      AsyncStream stream =
          Ends.client(loop, server.port())
              .data("one two")
              .onStream((socket, same) -> {
                heard.add("there are " + same.available());
                loop.delay(
                    Duration.ofMillis(5),
                    () -> {
                      heard.add(read(same, 4));
                      heard.add(read(same, 10));
                      heard.add(read(same, 10));
                      same.close();
                    });
              })
              .openStream();
      assertThat(read(stream, 10)).isEmpty(); // never blocks
    });
    assertThat(heard).containsExactly("there are 7", "one ", "two", "");
  }

  /** The original keeps both in one buffer, and decrypts what it has decrypted before. */
  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void ciphertext_and_unread_plaintext_never_share_a_buffer(Protocol protocol) {
    StringBuilder wanted = new StringBuilder();
    StringBuilder got = new StringBuilder();
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          SslServer server = echo(loop, protocol);
          AsyncStream stream =
              Ends.client(loop, server.port())
                  .onStream((socket, same) -> got.append(read(same, 1))) // the rest stays unread
                  .openStream();
          for (int i = 0; i < 20; i++) {
            String line = i + "-".repeat(i * 300) + "\n";
            wanted.append(line);
            loop.delay(Duration.ofMillis(5 * i + 1), () -> stream.write(line));
          }
          loop.interval(
              Duration.ofMillis(5),
              () -> {
                got.append(read(stream, 1_000));
                if (got.length() == wanted.length()) {
                  loop.exit();
                }
              });
        });
    assertThat(got).hasToString(wanted.toString());
  }

  @Test
  void with_a_read_cb_the_stream_serves_for_writing() {
    Loops.run(loop -> {
      SslServer server = echo(loop, Protocol.TLS_1_3);
      AsyncOutput out =
          Ends.client(loop, server.port())
              .onRead((socket, data) -> {
                heard.add(UTF_8.decode(data).toString());
                socket.close();
              })
              .openStream();
      out.write("hai".getBytes(UTF_8), 0, 2);
      out.write("!");
    });
    assertThat(heard).containsExactly("ha!");
  }

  @Test
  void a_stream_can_be_made_of_a_socket_and_read_after_its_end() {
    Loops.run(loop -> {
      SslServer server =
          Ends.server(loop)
              .onSecure((socket, session) -> {
                socket.write("bye");
                socket.close();
              })
              .open();
      SslSocket client =
          Ends.client(loop, server.port())
              .onEvent(event -> heard.add(event.getClass().getSimpleName()))
              .open();
      AsyncStream stream = AsyncStream.of(client);
      client.onClose(() -> {
        heard.add(read(stream, 10));
        assertThat(stream.atEnd()).isTrue();
        server.close();
      });
    });
    assertThat(heard).containsExactly("TcpEof", "bye");
  }
}
