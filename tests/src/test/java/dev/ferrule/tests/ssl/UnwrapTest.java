package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.AsyncStream;
import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.UnwrapSetup;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpReset;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.SslUpgradeSetup;
import dev.ferrule.testkit.ForwardingLink;
import dev.ferrule.testkit.ForwardingPoller;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Back to plain TCP on the same connection, and what comes in its way. */
class UnwrapTest {
  private final Heard plainServer = new Heard();
  private final Heard plainClient = new Heard();

  private static UnwrapSetup heard(SslSocket socket, Heard heard) {
    return socket
        .unwrap()
        .onRead((plain, data) -> heard.read(data))
        .onEvent(heard::event)
        .onClose(heard::close);
  }

  private void serverAnswers(Pair pair) {
    pair.server(s ->
        s.onEvent(event -> {
          pair.server.event(event);
          if (event instanceof TcpEof eof) {
            heard((SslSocket) eof.socket(), plainServer)
                .onConnect(p -> p.write("220 plain"))
                .open();
          }
        }));
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_socket_goes_on_in_plain_text_when_both_sides_have_ended_ssl(Protocol version) {
    Pair pair = new Pair();
    serverAnswers(pair);
    pair.client(c -> c.maxProtocol(version));
    pair.onSecure(socket -> {
      socket.attach("mine");
      socket.write("CCC");
      heard(socket, plainClient)
          .onRead((plain, data) -> {
            plainClient.read(data);
            assertThat(plain).isNotInstanceOf(SslSocket.class);
            assertThat(plain.attachment()).isEqualTo("mine");
            plain.close();
          })
          .open();
    });
    pair.run();
    assertThat(pair.server.text).hasToString("CCC");
    assertThat(pair.client.order).containsExactly("secure", "close");
    assertThat(plainClient.text).hasToString("220 plain");
    plainServer.only(TcpEof.class);
  }

  @Test
  void what_the_peer_sends_before_its_close_notify_still_comes_to_the_encrypted_socket() {
    Pair pair = new Pair();
    pair.onServed(socket -> {
      socket.write("the rest, encrypted");
      heard(socket, plainServer).onConnect(plain -> plain.write("plain")).open();
    });
    pair.onSecure(socket ->
        heard(socket, plainClient)
            .onRead((plain, data) -> {
              plainClient.read(data);
              plain.close();
            })
            .open());
    pair.run();
    assertThat(pair.client.text).hasToString("the rest, encrypted");
    assertThat(plainClient.text).hasToString("plain");
  }

  @Test
  void plain_text_waits_until_a_stream_has_given_all_that_came_before() {
    Pair pair = new Pair();
    StringBuilder read = new StringBuilder();
    pair.onServed(socket -> {
      socket.write("encrypted ".repeat(10));
      heard(socket, plainServer).onConnect(plain -> plain.write("and plain")).open();
    });
    pair.client(c ->
        c.onStream((socket, stream) -> {
          if (read.isEmpty()) {
            socket
                .unwrap()
                .onStream((plain, same) -> {
                  read.append('|');
                  take(same, read, 100);
                  plain.close();
                })
                .open();
            socket.loop().delay(Duration.ofMillis(20), () -> take(stream, read, 100));
          }
          take(stream, read, 3);
        }));
    pair.run();
    assertThat(read).hasToString("encrypted ".repeat(10) + "|and plain");
  }

  private static void take(AsyncStream stream, StringBuilder to, int most) {
    ByteBuffer piece = ByteBuffer.allocate(most);
    stream.read(piece);
    to.append(UTF_8.decode(piece.flip()));
  }

  @Test
  void an_encrypted_socket_that_is_being_unwrapped_cannot_write_and_says_so() {
    Pair pair = new Pair();
    serverAnswers(pair);
    pair.onSecure(socket -> {
      heard(socket, plainClient).onConnect(TcpSocket::close).open();
      assertThatThrownBy(() -> socket.write("late")).hasMessageContaining("output");
      assertThatThrownBy(() -> socket.unwrap().open())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("being unwrapped already");
    });
    pair.run();
    assertThat(pair.server.text).isEmpty();
  }

  @Test
  void an_unwrapped_socket_says_that_it_was_unwrapped() {
    Pair pair = new Pair();
    serverAnswers(pair);
    pair.onSecure(socket ->
        heard(socket, plainClient)
            .onConnect(plain -> {
              assertThatThrownBy(() -> socket.write("x"))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("was unwrapped");
              plain.close();
            })
            .open());
    pair.run();
    assertThat(plainClient.closed).isEqualTo(1);
  }

  @Test
  void a_socket_whose_output_has_ended_cannot_be_unwrapped() {
    Pair pair = new Pair();
    pair.onSecure(socket -> {
      socket.shutdownOutput();
      assertThatThrownBy(() -> socket.unwrap().open()).hasMessageContaining("output has ended");
    });
    pair.run();
    pair.server.only(TcpEof.class);
  }

  @Test
  void a_handshake_cannot_be_unwrapped() {
    Pair pair = new Pair();
    pair.client(c ->
        c.onConnect(socket -> {
          assertThatThrownBy(() -> socket.unwrap().open()).hasMessageContaining("handshake");
          socket.close();
        }));
    pair.run();
  }

  @Test
  void a_peer_that_says_nothing_more_is_dropped_after_the_close_timeout() {
    Pair pair = new Pair().client(c -> c.closeTimeout(Duration.ofMillis(60)));
    SslSocket[] silent = new SslSocket[1];
    pair.server(s -> s.halfOpen()).onAccept(socket -> silent[0] = socket);
    pair.onSecure(socket -> {
      socket.onClose(() -> {
        pair.client.close();
        silent[0].abort();
      });
      heard(socket, plainClient).open();
    });
    pair.run();
    TcpTimeout timeout = pair.client.only(TcpTimeout.class);
    assertThat(timeout.limit()).isEqualTo(TcpTimeout.Limit.CLOSE);
    assertThat(timeout.message()).contains("did not end SSL within 0.06 s");
    assertThat(plainClient.order).isEmpty();
  }

  @Test
  void a_reset_is_told_to_the_encrypted_socket() {
    Pair pair = new Pair();
    pair.server(s -> s.onEvent(event -> ((TcpEof) event).socket().abort()));
    pair.onSecure(socket -> heard(socket, plainClient).open());
    pair.run();
    pair.client.only(TcpReset.class);
    assertThat(plainClient.order).isEmpty();
  }

  @Test
  void an_end_without_close_notify_is_truncation() {
    Pair pair = new Pair();
    Relay[] relay = new Relay[1];
    pair.through((loop, port) ->
        Relay.open(
            loop,
            port,
            (passing, up, bytes) -> {
              relay[0] = passing;
              passing.forward(up, bytes);
            }));
    pair.server(s -> s.onEvent(event -> relay[0].cut(false)));
    pair.onSecure(socket -> heard(socket, plainClient).open());
    pair.run();
    pair.client.only(SslTruncated.class);
    assertThat(plainClient.order).isEmpty();
  }

  @Test
  void a_socket_can_be_closed_while_it_waits_to_be_plain() {
    Pair pair = new Pair();
    pair.onSecure(socket -> {
      heard(socket, plainClient).open();
      socket.close();
    });
    pair.run();
    pair.server.only(TcpEof.class);
    assertThat(pair.client.order).containsExactly("secure", "close");
    assertThat(plainClient.order).isEmpty();
  }

  @Test
  void a_large_answer_goes_out_before_the_end_of_ssl() {
    Pair pair = new Pair();
    String large = "0123456789".repeat(300_000);
    pair.onServed(socket -> {
      socket.write(large);
      heard(socket, plainServer).onConnect(plain -> plain.write("done")).open();
    });
    pair.client(c ->
        c.onEvent(event ->
            heard((SslSocket) ((TcpEof) event).socket(), plainClient)
                .onRead((plain, data) -> {
                  plainClient.read(data);
                  plain.close();
                })
                .open()));
    pair.run();
    assertThat(pair.client.text).hasToString(large);
    assertThat(plainClient.text).hasToString("done");
  }

  @Test
  void a_socket_that_is_being_unwrapped_is_neither_relayed_nor_used_by_blocking_streams() {
    Pair pair = new Pair();
    SslSocket[] other = new SslSocket[1];
    serverAnswers(pair);
    pair.onAccept(socket -> other[0] = socket);
    pair.onSecure(socket -> {
      heard(socket, plainClient).onConnect(TcpSocket::close).open();
      assertThatThrownBy(socket::blocking)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("being unwrapped");
      assertThatThrownBy(() -> Tcp.relay(socket, other[0]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("being unwrapped");
    });
    pair.run();
    assertThat(plainClient.closed).isEqualTo(1);
  }

  @Test
  void what_is_set_while_it_waits_goes_over_to_the_plain_socket() {
    Pair pair = new Pair();
    serverAnswers(pair);
    pair.onSecure(socket -> {
      heard(socket, plainClient)
          .onConnect(plain -> assertThat(plain.attachment()).isEqualTo("late"))
          .open();
      socket.readTimeout(Duration.ofMillis(60));
      socket.attach("late");
    });
    pair.run();
    assertThat(pair.client.order).containsExactly("secure", "close");
    assertThat(plainClient.text).hasToString("220 plain");
    assertThat(plainClient.only(TcpTimeout.class).limit()).isEqualTo(TcpTimeout.Limit.READ);
  }

  @Test
  void a_limit_of_the_unwrapping_itself_goes_before_one_that_is_set_while_it_waits() {
    Pair pair = new Pair();
    serverAnswers(pair);
    pair.onSecure(socket -> {
      heard(socket, plainClient).readTimeout(Duration.ofMillis(60)).open();
      socket.readTimeout(Duration.ofHours(1));
    });
    pair.run();
    assertThat(plainClient.only(TcpTimeout.class).limit()).isEqualTo(TcpTimeout.Limit.READ);
  }

  @Test
  void what_is_set_before_a_wrap_is_opened_goes_over_to_the_encrypted_socket() {
    List<Event> events = new ArrayList<>();
    Loops.run(loop -> {
      TcpServer server = Tcp.server(loop, "127.0.0.1", 0).onEvent(event -> {}).open();
      Tcp.connect(loop, "127.0.0.1", server.port())
          .onConnect(socket -> {
            SslUpgradeSetup setup = Ssl.wrap(socket).asClient("localhost");
            socket.readTimeout(Duration.ofMillis(60));
            setup.open();
          })
          .onEvent(events::add)
          .onClose(server::close)
          .open();
    });
    assertThat(events)
        .singleElement()
        .isInstanceOfSatisfying(
            TcpTimeout.class, it -> assertThat(it.limit()).isEqualTo(TcpTimeout.Limit.READ));
  }

  /** Notes what is asked of its clients' links. */
  private static final class Noting extends ForwardingPoller {
    private final List<Boolean> noDelay;

    Noting(Poller real, List<Boolean> noDelay) {
      super(real);
      this.noDelay = noDelay;
    }

    @Override
    public Link connect(SocketAddress remote) throws IOException {
      return new ForwardingLink(super.connect(remote)) {
        @Override
        public void noDelay(boolean disabled) throws IOException {
          noDelay.add(disabled);
          super.noDelay(disabled);
        }
      };
    }
  }

  @Test
  void a_wrap_that_asks_for_nagles_algorithm_gets_it() {
    List<Boolean> noDelay = new ArrayList<>();
    PollerProvider noting =
        ForwardingPoller.provider(Pollers.chosen((String) null), real -> new Noting(real, noDelay));
    Loops.run(
        EventLoop.setup().poller(noting),
        loop -> {
          TcpServer server = Tcp.server(loop, "127.0.0.1", 0).onEvent(event -> {}).open();
          Tcp.connect(loop, "127.0.0.1", server.port())
              .onConnect(socket -> {
                SslSocket secure = Ssl.wrap(socket).asClient("localhost").nagle().open();
                secure.abort();
              })
              .onClose(server::close)
              .open();
        });
    assertThat(noDelay).containsExactly(true, false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void an_end_in_the_close_callback_of_the_encrypted_socket_calls_it_once(boolean abort) {
    Pair pair = new Pair();
    serverAnswers(pair);
    pair.onSecure(socket -> {
      socket.onClose(() -> {
        pair.client.close();
        if (abort) {
          socket.abort();
        } else {
          socket.close();
        }
      });
      heard(socket, plainClient).open();
    });
    pair.run();
    assertThat(pair.client.order).containsExactly("secure", "close");
    assertThat(plainClient.order).isEmpty();
  }
}
