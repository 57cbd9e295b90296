package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpReset;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import dev.ferrule.tests.Pki;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Sockets whose opening and end are futures. */
class FuturesTest {
  private static final String HERE = "127.0.0.1";
  private final List<String> log = new ArrayList<>();

  /** Takes one connection; its events are of no interest. */
  private static SslServer server(EventLoop loop) {
    SslServer[] server = new SslServer[1];
    server[0] =
        Ssl.server(loop, HERE, 0)
            .credentials(Pki.LOCAL)
            .onConnect(socket -> server[0].close())
            .onRead((socket, data) -> socket.write(data))
            .onEvent(event -> {})
            .open();
    return server[0];
  }

  /** Takes one connection and says nothing. */
  private static TcpServer silent(EventLoop loop) {
    TcpServer[] server = new TcpServer[1];
    server[0] =
        Tcp.server(loop, HERE, 0)
            .onConnect(socket -> server[0].close())
            .onRead((socket, data) -> {})
            .onEvent(event -> {})
            .open();
    return server[0];
  }

  private static Throwable reason(Throwable thrown) {
    return thrown instanceof CompletionException wrapped ? wrapped.getCause() : thrown;
  }

  private void note(Object ok, Throwable thrown) {
    Throwable reason = reason(thrown);
    log.add(reason == null ? "ok" : reason.getClass().getSimpleName());
  }

  @Test
  void opening_completes_on_the_loop_when_the_socket_is_secure() {
    Loops.run(loop -> {
      CompletableFuture<SslSocket> opening =
          Ssl.connect(loop, HERE, server(loop).port())
              .trust(Pki.TRUST)
              .onSecure((socket, session) -> log.add("secure"))
              .openAsync();
      assertThat(opening).isNotDone();
      var _ =
          opening.thenAccept(socket -> {
            log.add("open " + loop.inLoop() + " " + socket.session().isPresent());
            socket.close();
          });
    });
    assertThat(log).containsExactly("secure", "open true true");
  }

  @Test
  void a_failure_is_told_by_the_future_and_needs_no_event_callback() {
    Loops.run(loop -> {
      var _ = Tcp.connect(loop, HERE, Ports.refusing()).openAsync().whenComplete(this::note);
      var _ = Ssl.connect(loop, HERE, server(loop).port()).openAsync().whenComplete(this::note);
    });
    assertThat(log)
        .containsExactlyInAnyOrder(
            TcpRefused.class.getSimpleName(), SslError.class.getSimpleName());
  }

  @Test
  void cancelling_the_future_aborts_the_attempt() {
    Loops.run(loop -> {
      CompletableFuture<SslSocket> opening =
          Ssl.connect(loop, HERE, silent(loop).port())
              .onConnect(socket -> log.add("connected"))
              .onClose(() -> log.add("closed"))
              .openAsync();
      loop.delay(Duration.ofMillis(20), () -> opening.cancel(true));
    });
    assertThat(log).containsExactly("connected", "closed");
  }

  @Test
  void a_time_limit_of_the_future_aborts_the_attempt() {
    Loops.run(loop -> {
      var _ =
          Ssl.connect(loop, HERE, silent(loop).port())
              .openAsync()
              .orTimeout(20, TimeUnit.MILLISECONDS)
              .whenComplete((socket, thrown) -> loop.execute(() -> note(socket, thrown)));
    });
    assertThat(log).containsExactly(TimeoutException.class.getSimpleName());
  }

  @Test
  void a_socket_that_is_closed_before_it_is_open_says_so() {
    Loops.run(loop -> {
      var _ =
          Ssl.connect(loop, HERE, silent(loop).port())
              .onConnect(TcpSocket::close)
              .openAsync()
              .whenComplete(this::note);
    });
    assertThat(log).containsExactly(SocketClosed.class.getSimpleName());
  }

  @Test
  void the_end_of_the_loop_ends_what_was_opening_and_what_was_open() {
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          var _ = Ssl.connect(loop, HERE, silent(loop).port()).openAsync().whenComplete(this::note);
          var _ =
              Tcp.connect(loop, HERE, silent(loop).port())
                  .onConnect(socket -> loop.exit())
                  .open()
                  .closed()
                  .whenComplete(this::note);
        });
    assertThat(log).containsExactly("SocketClosed", "SocketClosed");
  }

  @Test
  void an_upgrade_is_a_future_too() {
    Loops.run(loop -> {
      TcpServer[] server = new TcpServer[1];
      server[0] =
          Tcp.server(loop, HERE, 0)
              .onConnect(socket -> {
                server[0].close();
                Ssl.wrap(socket).asServer().credentials(Pki.LOCAL).open();
              })
              .onEvent(event -> {})
              .open();
      var _ =
          Tcp.connect(loop, HERE, server[0].port())
              .openAsync()
              .thenCompose(plain -> Ssl.wrap(plain).asClient(HERE).trust(Pki.TRUST).openAsync())
              .thenCompose(socket -> {
                log.add("secure " + socket.session().isPresent());
                socket.close();
                return socket.closed();
              })
              .whenComplete(this::note);
    });
    assertThat(log).containsExactly("secure true", "ok");
  }

  @Test
  void the_end_is_a_future_that_only_its_owner_can_complete() {
    Loops.run(loop -> {
      var _ =
          Ssl.connect(loop, HERE, server(loop).port())
              .trust(Pki.TRUST)
              .openAsync()
              .thenAccept(socket -> {
                assertThat(socket.closed().cancel(true)).isTrue();
                var _ = socket.closed().whenComplete(this::note);
                var _ = socket.closed().thenRun(() -> afterTheEnd(socket));
                socket.close();
              });
    });
    assertThat(log).containsExactlyInAnyOrder("ok", "late");
  }

  private void afterTheEnd(TcpSocket socket) {
    assertThat(socket.closed()).isCompleted();
    log.add("late");
  }

  @Test
  void a_reset_is_what_the_future_of_the_end_says_and_needs_no_event_callback() {
    Loops.run(loop -> {
      TcpServer[] server = new TcpServer[1];
      server[0] =
          Tcp.server(loop, HERE, 0)
              .onConnect(socket -> {
                server[0].close();
                loop.delay(Duration.ofMillis(20), socket::abort);
              })
              .open();
      var _ = Tcp.connect(loop, HERE, server[0].port()).open().closed().whenComplete(this::note);
    });
    assertThat(log).containsExactly(TcpReset.class.getSimpleName());
  }

  @Test
  void a_value_from_elsewhere_aborts_the_attempt_too() {
    Loops.run(loop -> {
      var _ =
          Ssl.connect(loop, HERE, silent(loop).port())
              .openAsync()
              .completeOnTimeout(null, 20, TimeUnit.MILLISECONDS)
              .whenComplete((socket, thrown) -> loop.execute(() -> log.add("value " + socket)));
    });
    assertThat(log).containsExactly("value null");
  }
}
