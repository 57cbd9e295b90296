package dev.ferrule.tests.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpConnectError;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A host of two addresses, of which only the second has a good server: what is heard of it. */
class HandshakeRaceTest {
  private static final InetAddress FIRST = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress SECOND = InetAddress.ofLiteral("127.0.0.3");
  private static final Credentials STRANGER =
      Pki.credentials(Pki.CA.request("stranger.example").issue());

  private final List<String> log = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();

  @BeforeAll
  static void addresses() {
    try (ServerSocket probe = new ServerSocket(0, 1, FIRST)) {
      assertThat(probe.isBound()).isTrue();
    } catch (IOException e) {
      assumeTrue(false, "this system has no loopback address but 127.0.0.1: " + e.getMessage());
    }
  }

  private SslServer good(EventLoop loop) {
    return Ssl.server(loop, "127.0.0.3", 0)
        .credentials(Pki.LOCAL)
        .onRead((socket, data) -> socket.write(data))
        .onEvent(event -> {})
        .open();
  }

  private SslClientSetup client(EventLoop loop, int port) {
    return Ssl.connect(loop, "localhost", port)
        .trust(Pki.TRUST)
        .attemptDelay(Duration.ofMillis(20))
        .firstHandshakeWins()
        .data("hello")
        .onConnect(socket -> log.add("connected to " + socket.remoteAddress()))
        .onSecure((socket, session) -> log.add("secure"))
        .onRead((socket, data) -> {
          log.add("read " + data.remaining());
          socket.close();
        })
        .onEvent(events::add);
  }

  private void won(int port) {
    assertThat(events).isEmpty();
    assertThat(log).containsExactly("connected to /127.0.0.3:" + port, "secure", "read 5");
  }

  @Test
  void one_that_accepts_and_says_nothing_does_not_hold_the_connection() {
    int[] port = new int[1];
    Loops.run(
        EventLoop.setup().resolver(host -> List.of(FIRST, SECOND)),
        loop -> {
          SslServer server = good(loop);
          port[0] = server.port();
          ServerSocket silent = silent(port[0]);
          client(loop, port[0])
              .onClose(() -> {
                server.close();
                close(silent);
              })
              .open();
        });
    won(port[0]);
  }

  /** The system accepts for it, and nobody answers. */
  private static ServerSocket silent(int port) {
    try {
      return new ServerSocket(port, 1, FIRST);
    } catch (IOException e) {
      return abort("the port is taken at the other address: " + e.getMessage());
    }
  }

  private static void close(ServerSocket silent) {
    try {
      silent.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void one_whose_certificate_is_of_another_host_leaves_the_next_to_be_tried() {
    int[] port = new int[1];
    Loops.run(
        EventLoop.setup().resolver(host -> List.of(FIRST, SECOND)),
        loop -> {
          SslServer server = good(loop);
          port[0] = server.port();
          SslServer stranger = stranger(loop, port[0]);
          client(loop, port[0])
              .onClose(() -> {
                server.close();
                stranger.close();
              })
              .open();
        });
    won(port[0]);
  }

  private SslServer stranger(EventLoop loop, int port) {
    return Ssl.server(loop, new InetSocketAddress(FIRST, port))
        .credentials(STRANGER)
        .onRead((socket, data) -> log.add("the stranger was sent data"))
        .onEvent(event -> {})
        .open();
  }

  @Test
  void when_all_fail_one_error_says_what_became_of_each() {
    Loops.run(
        EventLoop.setup().resolver(host -> List.of(SECOND, FIRST)),
        loop -> {
          SslServer free = stranger(loop, 0);
          client(loop, free.port()).onClose(free::close).open();
        });
    assertThat(log).isEmpty();
    TcpConnectError error = (TcpConnectError) events.getFirst();
    assertThat(events).hasSize(1);
    assertThat(error.message())
        .contains("no address of localhost:", "127.0.0.3:", ": refused; 127.0.0.2:")
        .contains("stranger.example");
    assertThat(error.errors()).hasExactlyElementsOfTypes(TcpRefused.class, SslError.class);
    assertThat(error.socket()).isNotNull();
  }

  @Test
  void where_tcp_decides_the_silent_one_wins_and_its_handshake_is_waited_for() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, FIRST)) {
      Loops.run(
          EventLoop.setup().resolver(host -> List.of(FIRST, SECOND)),
          loop ->
              Ssl.connect(loop, "localhost", silent.getLocalPort())
                  .trust(Pki.TRUST)
                  .handshakeTimeout(Duration.ofMillis(50))
                  .onEvent(events::add)
                  .open());
    }
    assertThat(((TcpTimeout) events.getFirst()).limit()).isEqualTo(TcpTimeout.Limit.HANDSHAKE);
  }

  @Test
  void within_the_limit_for_connecting_or_the_error_says_how_far_each_came() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, FIRST);
        ServerSocket other = new ServerSocket(silent.getLocalPort(), 1, SECOND)) {
      assertThat(other.isBound()).isTrue();
      Loops.run(
          EventLoop.setup().resolver(host -> List.of(FIRST, SECOND)),
          loop ->
              client(loop, silent.getLocalPort()).connectTimeout(Duration.ofMillis(200)).open());
    }
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().message())
        .contains("no connection within 0.2 s")
        .contains("127.0.0.2:", "127.0.0.3:", ": connected, but no handshake");
  }

  @Test
  void a_close_or_an_exit_in_the_middle_leaves_nothing_behind() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, FIRST)) {
      for (boolean exits : new boolean[] {false, true}) {
        Loops.runUntilExit(
            EventLoop.setup().resolver(host -> List.of(FIRST, SECOND)),
            loop -> {
              var socket = client(loop, silent.getLocalPort()).open();
              Runnable end = exits ? loop::exit : socket::abort;
              loop.delay(Duration.ofMillis(60), end);
            });
      }
    }
    assertThat(events).isEmpty();
    assertThat(log).isEmpty();
  }
}
