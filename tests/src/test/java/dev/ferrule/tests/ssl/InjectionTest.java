package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslUpgradeSetup;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Plain text behind the point of upgrade (STARTTLS injection), and what an upgrade must not do. */
class InjectionTest {
  @Test
  void a_client_refuses_plain_text_behind_the_upgrade_and_sends_nothing_more() {
    Heard wrapped = new Heard();
    String seen = upgrade(wrapped, "220 go ahead\r\n250 injected\r\n", InjectionTest::asClient);
    wrapped.ssl(Side.PEER, Stage.HELLO, "14 bytes of plain text", "STARTTLS injection");
    assertThat(seen).isEmpty();
  }

  @Test
  void a_server_refuses_plain_text_behind_the_upgrade_and_sends_nothing_more() {
    Heard wrapped = new Heard();
    String seen =
        upgrade(
            wrapped,
            "STARTTLS\r\nMAIL FROM:<eve>\r\n",
            plain -> Ssl.wrap(plain).asServer().credentials(Pki.LOCAL));
    wrapped.ssl(Side.PEER, Stage.HELLO, "17 bytes of plain text", "STARTTLS injection");
    assertThat(seen).isEmpty();
  }

  @Test
  void what_a_stream_has_not_read_is_behind_the_upgrade_too() {
    Heard wrapped = new Heard();
    Loops.runInline(loop -> {
      int port = greeter(loop, "220 ready\r\nand more", new StringBuilder());
      Tcp.connect(loop, "127.0.0.1", port)
          .onEvent(wrapped::event)
          .onClose(wrapped::close)
          .onStream((socket, stream) -> {
            stream.read(ByteBuffer.allocate(11));
            Ssl.wrap(stream).asClient("localhost").open();
          })
          .openStream();
    });
    wrapped.ssl(Side.PEER, Stage.HELLO, "8 bytes of plain text");
  }

  @Test
  void an_upgrade_that_cannot_work_leaves_the_plain_socket_as_it_was() {
    StringBuilder seen = new StringBuilder();
    Loops.runInline(loop -> {
      int port = greeter(loop, "", seen);
      Tcp.connect(loop, "127.0.0.1", port)
          .onConnect(plain -> {
            assertThatThrownBy(() -> Ssl.wrap(plain).asServer().open())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("certificate");
            plain.write("still plain");
            plain.close();
          })
          .open();
    });
    assertThat(seen).hasToString("still plain");
  }

  @Test
  void a_closed_socket_cannot_be_wrapped() {
    Loops.runInline(loop -> {
      int port = greeter(loop, "", new StringBuilder());
      Tcp.connect(loop, "127.0.0.1", port)
          .onConnect(plain -> {
            plain.close();
            assertThatThrownBy(() -> asClient(plain).open())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
          })
          .open();
    });
  }

  @Test
  void an_ssl_socket_cannot_be_wrapped_again() {
    new Pair()
        .onSecure(socket -> {
          assertThatThrownBy(() -> asClient(socket).open())
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("wrapped in SSL already");
          socket.close();
        })
        .run();
  }

  private static SslUpgradeSetup asClient(TcpSocket plain) {
    return Ssl.wrap(plain).asClient("localhost").trust(Pki.TRUST);
  }

  /** Wraps on the first line; writes a secret at once, as a careless program might. */
  private static String upgrade(
      Heard heard, String lines, Function<TcpSocket, SslUpgradeSetup> wrap) {
    StringBuilder seen = new StringBuilder();
    Loops.runInline(loop -> {
      int port = greeter(loop, lines, seen);
      Tcp.connect(loop, "127.0.0.1", port)
          .onEvent(heard::event)
          .onClose(heard::close)
          .onRead((plain, data) -> {
            byte[] line = new byte[lines.indexOf('\n') + 1];
            data.get(line);
            SslSocket secure = wrap.apply(plain).open();
            secure.write("PASSWORD");
            secure.write("PASSWORD", done -> heard.order.add("written"));
          })
          .open();
    });
    assertThat(heard.order).doesNotContain("written");
    return seen.toString();
  }

  /** The port of a plain server that says one thing to one client, and notes what it hears. */
  static int greeter(EventLoop loop, String words, StringBuilder seen) {
    AtomicReference<TcpServer> listening = new AtomicReference<>();
    listening.set(
        Tcp.server(loop, "127.0.0.1", 0)
            .onConnect(socket -> {
              listening.get().close();
              socket.write(words);
            })
            .onRead((socket, data) -> seen.append(StandardCharsets.UTF_8.decode(data)))
            .onEvent(event -> {})
            .open());
    return listening.get().port();
  }
}
