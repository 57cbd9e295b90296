package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ferrule.BlockingSocket;
import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.CallbackError;
import dev.ferrule.event.DnsError;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.ssl.BlockingPair.Waiting;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Programs without a loop: a shared one serves their sockets. */
class DialTest {
  private static final String HERE = "127.0.0.1";

  /** The shared loop begins before the first test looks for what is left open. */
  @BeforeAll
  static void beginSharedLoop() throws IOException {
    int refusing = Ports.refusing();
    assertThatThrownBy(() -> Tcp.dial(HERE, refusing)).isInstanceOf(ConnectException.class);
  }

  /** What a thread does with the port of a server. */
  private interface Dialler {
    void use(int port) throws Exception;
  }

  /** A server that sends back what it gets, and a thread that runs no loop. */
  private static void withEcho(Dialler dialler) {
    CompletableFuture<Void> used = new CompletableFuture<>();
    Loops.run(loop -> {
      TcpServer server =
          Ssl.server(loop, HERE, 0)
              .credentials(Pki.LOCAL)
              .onRead((socket, data) -> socket.write(data))
              .onEvent(event -> {})
              .open();
      Thread.ofVirtual().start(() -> use(dialler, server.port(), loop, used));
    });
    used.join();
  }

  private static void use(Dialler dialler, int port, EventLoop loop, CompletableFuture<Void> used) {
    try {
      dialler.use(port);
      used.complete(null);
    } catch (Throwable e) {
      used.completeExceptionally(e);
    } finally {
      loop.execute(loop::closeAll);
    }
  }

  @Test
  void the_handshake_is_done_and_the_server_verified() {
    withEcho(port -> {
      try (BlockingSocket<SslSocket> socket =
          Ssl.dial("localhost", port, ssl -> ssl.trust(Pki.TRUST))) {
        assertThat(socket.socket().session().orElseThrow().peerChain()).isNotEmpty();
        socket.output().write("hello".getBytes(US_ASCII));
        assertThat(socket.input().readNBytes(5)).asString().isEqualTo("hello");
      }
    });
  }

  @Test
  void a_server_whose_issuer_is_not_trusted_is_an_error_with_its_cause() {
    withEcho(port -> {
      IOException refused =
          catchThrowableOfType(IOException.class, () -> Ssl.dial("localhost", port));
      assertThat(refused).hasCauseInstanceOf(SslError.class);
      assertThat(((SslError) refused.getCause()).stage()).isEqualTo(SslError.Stage.CERTIFICATE);
    });
  }

  @Test
  void a_mistake_in_the_settings_is_thrown_as_it_is() {
    assertThatThrownBy(() -> Ssl.dial(HERE, 1, ssl -> ssl.trust(Path.of("not-there.pem"))))
        .isInstanceOf(SslConfigException.class);
    assertThatThrownBy(() -> Ssl.dial(HERE, 70_000)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void failures_have_the_types_of_java_net_and_the_event_as_their_cause() throws IOException {
    int refusing = Ports.refusing();
    assertThatThrownBy(() -> Tcp.dial(HERE, refusing))
        .isInstanceOf(ConnectException.class)
        .hasCauseInstanceOf(TcpRefused.class);
    assertThatThrownBy(() -> Tcp.dial("no host name", 1))
        .isInstanceOf(UnknownHostException.class)
        .hasCauseInstanceOf(DnsError.class);
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.ofLiteral(HERE))) {
      Duration soon = Duration.ofMillis(50);
      assertThatThrownBy(
              () -> Ssl.dial(HERE, silent.getLocalPort(), ssl -> ssl.handshakeTimeout(soon)))
          .isInstanceOf(SocketTimeoutException.class)
          .hasCauseInstanceOf(TcpTimeout.class);
    }
  }

  @Test
  void an_interrupt_ends_the_attempt() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.ofLiteral(HERE))) {
      Waiting dialling =
          BlockingPair.waiting(() -> {
            assertThatThrownBy(() -> Ssl.dial(HERE, silent.getLocalPort()))
                .isInstanceOf(InterruptedIOException.class);
            return Thread.interrupted();
          });
      try (Socket accepted = silent.accept()) {
        accepted.setSoTimeout(10_000);
        assertThat(accepted.getInputStream().read()).isNotNegative(); // its hello
        dialling.thread().interrupt();
        assertThat(dialling.result().join()).isEqualTo(true);
        assertThatThrownBy(accepted.getInputStream()::readAllBytes).hasMessageContaining("reset");
      }
    }
  }

  @Test
  void a_thread_that_runs_a_loop_is_refused() {
    Loops.run(loop ->
        assertThatThrownBy(() -> Tcp.dial(HERE, 1))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("use connect"));
  }

  @Test
  void a_callback_that_throws_ends_nothing() {
    List<Event> heard = new CopyOnWriteArrayList<>();
    withEcho(port -> {
      try (BlockingSocket<SslSocket> socket =
              Ssl.dial(
                  "localhost",
                  port,
                  ssl ->
                      ssl.trust(Pki.TRUST)
                          .onEvent(heard::add)
                          .onSecure((s, session) -> {
                            throw new IllegalStateException("a mistake");
                          }));
          BlockingSocket<SslSocket> other =
              Ssl.dial("localhost", port, ssl -> ssl.trust(Pki.TRUST))) {
        for (BlockingSocket<SslSocket> each : List.of(socket, other)) {
          each.output().write(7);
          assertThat(each.input().read()).isEqualTo(7);
        }
      }
    });
    assertThat(heard).singleElement().isInstanceOf(CallbackError.class);
  }

  @Test
  void when_the_shared_loop_was_ended_another_one_begins() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.ofLiteral(HERE))) {
      BlockingSocket<TcpSocket> first = Tcp.dial(HERE, server.getLocalPort());
      EventLoop loop = first.socket().loop();
      Waiting reader = BlockingPair.waiting(() -> first.input().read());
      loop.execute(loop::exit);
      assertThat(reader.thrown()).hasMessageContaining("has ended");
      first.close();
      try (BlockingSocket<TcpSocket> second = Tcp.dial(HERE, server.getLocalPort())) {
        assertThat(second.socket().loop()).isNotSameAs(loop);
        server.accept().close(); // the first one's
        server.accept().close();
        assertThat(second.input().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void a_dial_that_waits_while_the_shared_loop_ends_is_begun_on_another() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.ofLiteral(HERE));
        BlockingSocket<TcpSocket> first = Tcp.dial(HERE, server.getLocalPort())) {
      EventLoop loop = first.socket().loop();
      CountDownLatch dialled = new CountDownLatch(1);
      loop.execute(() -> {
        try {
          dialled.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        loop.exit();
      });
      Waiting second = BlockingPair.waiting(() -> Tcp.dial(HERE, server.getLocalPort()));
      dialled.countDown();
      try (BlockingSocket<?> socket = (BlockingSocket<?>) second.result().join()) {
        assertThat(socket.socket().loop()).isNotSameAs(loop);
      }
    }
  }
}
