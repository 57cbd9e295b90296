package dev.ferrule.tests.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Proxy;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.loop.LoopSettings;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Poller;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.testkit.ForwardingPoller;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.contract.OneByteLink;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Proxies that answer what they should not, at once and one byte at a time. */
class HostileProxyTest {
  private static final String LONG = "X: " + "y".repeat(1_000) + "\r\n";

  private final List<Event> events = new ArrayList<>();

  private static Proxy http(int port) {
    return Proxy.http("127.0.0.1", port);
  }

  private static Proxy socks(int port) {
    return Proxy.socks5("127.0.0.1", port);
  }

  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of("http", "SSH-2.0-x\r\n", "does not speak HTTP"),
        Arguments.of("http", "\5\0", "does not speak HTTP"),
        Arguments.of("http", "HTTP/1.1 abc\r\n\r\n", "does not answer as HTTP does"),
        Arguments.of("http", "HTTP/1.1 2000 OK\r\n\r\n", "does not answer as HTTP does"),
        Arguments.of("http", "HTTP/1.1 407 No\r\n\r\n", "asks for authentication (407)"),
        Arguments.of("http", "HTTP/1.0 403 No \33[31mway\r\n\r\n", "127.0.0.9:9: 403 No ?[31mway"),
        Arguments.of("http", "HTTP/1.1 100 Go on\r\n\r\n", "did not connect to 127.0.0.9:9: 100"),
        Arguments.of("http", "HTTP/1.1 200 OK\r\n" + LONG.repeat(17), "16384 bytes of header"),
        Arguments.of("http", "HTTP/1.1 200 OK\r\n", "closed the connection instead of answering"),
        Arguments.of("http", "", "closed the connection instead of answering"),
        Arguments.of("socks", "HTTP/1.1 400 No\r\n\r\n", "does not speak SOCKS5"),
        Arguments.of("socks", "\4\0", "does not speak SOCKS5"),
        Arguments.of("socks", "\5\377", "asks for authentication"),
        Arguments.of("socks", "\5\2", "asks for authentication"),
        Arguments.of("socks", "\5\0\4\0\0\1", "does not speak SOCKS5"),
        Arguments.of("socks", "\5\0\5\2\0\1", "did not connect to 127.0.0.9:9: its rules"),
        Arguments.of("socks", "\5\0\5\5\0\1", "connection refused"),
        Arguments.of("socks", "\5\0\5\143\0\1", "code 99"),
        Arguments.of("socks", "\5\0\5\0\0\2", "an address of no kind"),
        Arguments.of("socks", "\5\0\5\0\0\1\0\0", "closed the connection"),
        Arguments.of("socks", "", "closed the connection"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void what_it_answers_is_told_in_one_sentence(String kind, String answer, String sentence) {
    for (LoopSetup setup : List.of(EventLoop.setup(), oneByte())) {
      events.clear();
      ask(setup, kind, answer);
      assertThat(events).hasSize(1);
      EventError error = (EventError) events.getFirst();
      assertThat(error.code()).isEqualTo("EPROXY");
      assertThat(error.message()).startsWith("the proxy ").contains(sentence);
      assertThat(error.message().length()).isLessThan(300);
      assertThat(error.socket()).isInstanceOf(TcpSocket.class);
    }
  }

  private void ask(LoopSetup setup, String kind, String answer) {
    Loops.run(
        setup,
        loop -> {
          TcpServer server = answering(loop, answer);
          Tcp.connect(loop, "127.0.0.9", 9)
              .through(kind.equals("http") ? http(server.port()) : socks(server.port()))
              .onEvent(events::add)
              .onClose(server::close)
              .open();
        });
  }

  /** It says everything once it has heard something, and ends. */
  private static TcpServer answering(EventLoop loop, String answer) {
    return Tcp.server(loop, "127.0.0.1", 0)
        .onRead((socket, data) -> {
          if (!socket.isClosed()) {
            socket.write(answer.getBytes(ISO_8859_1));
            socket.close();
          }
        })
        .onEvent(event -> {})
        .open();
  }

  /** Every read and write of a client moves one byte. */
  private static LoopSetup oneByte() {
    return EventLoop.setup()
        .poller(ForwardingPoller.provider(Pollers.chosen(new LoopSettings()), OneByte::new));
  }

  private static final class OneByte extends ForwardingPoller {
    OneByte(Poller real) {
      super(real);
    }

    @Override
    public Link connect(SocketAddress remote) throws IOException {
      return new OneByteLink(super.connect(remote));
    }
  }

  @Test
  void bytes_behind_its_answer_are_not_taken_for_the_peers() {
    Loops.run(loop -> {
      TcpServer server =
          Tcp.server(loop, "127.0.0.1", 0)
              .onRead((socket, data) -> socket.write("HTTP/1.1 200 OK\r\n\r\nhello"))
              .onEvent(event -> {})
              .open();
      Ssl.connect(loop, "localhost", 443)
          .trust(Pki.TRUST)
          .through(http(server.port()))
          .onEvent(events::add)
          .onClose(server::close)
          .open();
    });
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().message()).contains("sent bytes behind its answer");
  }

  @Test
  void one_that_says_nothing_is_a_timeout_that_names_it() {
    int[] port = new int[1];
    Loops.run(loop -> {
      TcpServer server =
          Tcp.server(loop, "127.0.0.1", 0).onRead((socket, data) -> {}).onEvent(event -> {}).open();
      port[0] = server.port();
      Tcp.connect(loop, "peer.example", 443)
          .through(socks(server.port()))
          .handshakeTimeout(Duration.ofMillis(100))
          .onEvent(events::add)
          .onClose(server::close)
          .open();
    });
    TcpTimeout timeout = (TcpTimeout) events.getFirst();
    assertThat(timeout.limit()).isEqualTo(TcpTimeout.Limit.PROXY);
    assertThat(timeout.message())
        .isEqualTo("a proxy did not answer within 0.1 s: the proxy socks5://127.0.0.1:" + port[0]);
  }

  @Test
  void wrong_passwords_are_told_as_that() {
    for (boolean socks : new boolean[] {false, true}) {
      Loops.run(loop -> {
        TestProxy proxy = TestProxy.authenticating(loop);
        Proxy by = socks ? socks(proxy.port()) : http(proxy.port());
        Tcp.connect(loop, "peer.example", 443)
            .through(by.user("ann", "wrong".toCharArray()))
            .onEvent(events::add)
            .onClose(proxy::close)
            .open();
      });
    }
    assertThat(events)
        .hasSize(2)
        .allSatisfy(event -> assertThat(event.message()).contains("did not accept the user"))
        .allSatisfy(event -> assertThat(event.message()).doesNotContain("wrong"));
  }

  @Test
  void random_answers_are_an_error_or_a_connection_and_never_anything_else() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      events.clear();
      byte[] noise = new byte[1 + random.nextInt(40)];
      random.nextBytes(noise);
      String start = random.nextBoolean() ? "\5\0\5\0\0" : "HTTP/1.1 200 OK\r\n";
      String answer = (random.nextBoolean() ? start : "") + new String(noise, ISO_8859_1);
      ask(EventLoop.setup(), random.nextBoolean() ? "http" : "socks", answer);
      assertThat(events).as("seed %d, turn %d", seed, i).hasSize(1);
    }
  }
}
