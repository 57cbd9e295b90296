package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** connect-cb, write-cb, read-cb and those that take their place. */
class ClAsyncCallbacksTest {
  private final List<String> heard = new ArrayList<>();

  private SslServer echo(EventLoop loop) {
    SslServer[] server = new SslServer[1];
    server[0] =
        Ends.server(loop).onConnect(socket -> server[0].close()).onRead(TcpSocket::write).open();
    return server[0];
  }

  @Test
  void connect_cb_comes_before_the_handshake_and_secure_cb_after_it_with_the_facts() {
    Loops.run(loop -> {
      SslServer server = echo(loop);
      SslSocket _ =
          Ends.client(loop, server.port())
              .onConnect(socket -> heard.add("connect " + socket.session().isPresent()))
              .onSecure((socket, session) -> {
                heard.add("secure " + session.protocol());
                assertThat(socket.session()).contains(session);
                assertThat(session.cipher()).startsWith("TLS_AES");
                assertThat(session.peerChain()).hasSize(1);
                socket.close();
              })
              .open();
    });
    assertThat(heard).containsExactly("connect false", "secure TLSv1.3");
  }

  @Test
  void write_cb_comes_once_per_flush_of_data_and_never_for_the_handshake() {
    Loops.run(loop -> {
      SslServer server = echo(loop);
      SslSocket _ =
          Ends.client(loop, server.port())
              .onWrite(socket -> heard.add("flushed"))
              .onSecure((socket, session) -> {
                heard.add("secure");
                loop.delay(
                    Duration.ofMillis(50),
                    () -> {
                      socket.write("one ");
                      socket.write("two");
                    });
              })
              .onRead((socket, data) -> {
                heard.add("read " + UTF_8.decode(data));
                loop.delay(Duration.ofMillis(50), socket::close);
              })
              .open();
    });
    assertThat(heard).containsExactly("secure", "flushed", "read one two");
  }

  @Test
  void closing_in_write_cb_is_safe_and_loses_nothing() {
    byte[] large = new byte[3_000_000];
    long[] arrived = new long[1];
    Loops.run(loop -> {
      SslServer[] server = new SslServer[1];
      server[0] =
          Ends.server(loop)
              .onConnect(socket -> server[0].close())
              .onRead((socket, data) -> arrived[0] += data.remaining())
              .open();
      SslSocket _ =
          Ends.client(loop, server[0].port()).data(large).onWrite(TcpSocket::close).open();
    });
    assertThat(arrived[0]).isEqualTo(large.length);
  }

  @Test
  void the_callback_of_a_write_is_its_own_and_later_input_is_not_lost() {
    Loops.run(loop -> {
      SslServer server = echo(loop);
      SslSocket client =
          Ends.client(loop, server.port())
              .onRead((socket, data) -> {
                String text = UTF_8.decode(data).toString();
                heard.add("read " + text);
                if (text.endsWith("2")) {
                  socket.close();
                } else {
                  socket.write("2", done -> heard.add("second gone"));
                }
              })
              .open();
      client.write("1", done -> heard.add("first gone"));
    });
    assertThat(heard).containsExactly("first gone", "read 1", "second gone", "read 2");
  }

  @Test
  void callbacks_can_be_replaced_in_the_middle_of_a_conversation() {
    Loops.run(loop -> {
      SslServer server = echo(loop);
      SslSocket client =
          Ends.client(loop, server.port())
              .data("login")
              .onRead((socket, data) -> {
                heard.add("greeting " + UTF_8.decode(data));
                socket.onRead((same, more) -> {
                  heard.add("command " + UTF_8.decode(more));
                  same.close();
                });
                socket.onClose(() -> heard.add("new close-cb"));
                socket.write("list");
              })
              .onClose(() -> heard.add("old close-cb"))
              .open();
      assertThat(client.isClosed()).isFalse();
    });
    assertThat(heard).containsExactly("greeting login", "command list", "new close-cb");
  }

  @Test
  void what_arrives_while_nobody_reads_waits_for_a_read_cb() {
    Loops.run(loop -> {
      SslServer server = echo(loop);
      SslSocket client = Ends.client(loop, server.port()).data("early").open();
      loop.delay(
          Duration.ofMillis(200),
          () ->
              client.onRead((socket, data) -> {
                heard.add(UTF_8.decode(data).toString());
                socket.close();
              }));
    });
    assertThat(heard).containsExactly("early");
  }

  @Test
  void reading_and_writing_can_be_switched_off_and_on() {
    Loops.run(loop -> {
      SslServer server = echo(loop);
      SslSocket _ =
          Ends.client(loop, server.port())
              .onSecure((socket, session) -> {
                socket.disableWriting();
                socket.write("held");
                socket.disableReading();
                loop.delay(Duration.ofMillis(50), () -> resume("writing", socket::enableWriting));
                loop.delay(Duration.ofMillis(150), () -> resume("reading", socket::enableReading));
              })
              .onRead((socket, data) -> {
                heard.add("read");
                socket.close();
              })
              .open();
    });
    assertThat(heard).containsExactly("writing", "reading", "read");
  }

  private void resume(String what, Runnable act) {
    heard.add(what);
    act.run();
  }
}
