package dev.ferrule.tests.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpEof;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ReadTest {
  private final List<String> log = new ArrayList<>();

  private void run(Consumer<EventLoop> main) {
    Loops.run(new ManualClock().setup(), main);
  }

  @Test
  void the_conversation_continues_with_another_callback() {
    run(loop -> {
      TcpServer server = Loopback.echo(loop);
      Loopback.client(loop, server)
          .data("first")
          .onRead((socket, data) -> {
            log.add(Loopback.text(data));
            socket.onRead((same, next) -> {
              log.add("then " + Loopback.text(next));
              same.close();
            });
            socket.write("second");
          })
          .open();
    });
    assertThat(log).containsExactly("first", "then second");
  }

  @Test
  void what_comes_while_nobody_listens_waits_for_the_callback() {
    run(loop -> {
      TcpServer server = Loopback.echo(loop);
      TcpSocket socket = Loopback.client(loop, server).data("patience").open();
      loop.delay(
          Duration.ofMillis(10),
          () ->
              socket.onRead((s, data) -> {
                log.add(Loopback.text(data));
                s.close();
              }));
    });
    assertThat(log).containsExactly("patience");
  }

  @Test
  void urgent_data_is_left_out_and_what_comes_behind_it_arrives() {
    Loopback.Text text = new Loopback.Text();
    CompletableFuture<TcpSocket> accepted = new CompletableFuture<>();
    CompletableFuture<Integer> end = new CompletableFuture<>();
    Loops.run(loop -> {
      AtomicReference<TcpServer> server = new AtomicReference<>();
      server.set(
          Loopback.server(loop)
              .onConnect(socket -> {
                server.get().close();
                socket.disableReading(); // until all of it is there
                accepted.complete(socket);
              })
              .onRead(text)
              .onEvent(Loopback.names(log))
              .open());
      int port = server.get().port();
      Thread.ofPlatform()
          .daemon()
          .start(() -> end.completeAsync(() -> sendUrgently(port, accepted), Runnable::run));
    });
    assertThat(end.join()).isEqualTo(-1);
    assertThat(text).hasToString("before, behind");
    assertThat(log).containsExactly("TcpEof");
  }

  private static int sendUrgently(int port, CompletableFuture<TcpSocket> accepted) {
    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
      TcpSocket socket = accepted.join();
      peer.getOutputStream().write("before, ".getBytes(UTF_8));
      peer.sendUrgentData('!');
      peer.getOutputStream().write("behind".getBytes(UTF_8));
      socket.loop().execute(socket::enableReading);
      peer.shutdownOutput();
      return peer.getInputStream().read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void the_end_is_told_behind_what_waited() {
    run(loop -> {
      TcpServer server = Loopback.server(loop, s -> s.write("last words", TcpSocket::close));
      TcpSocket socket =
          Loopback.client(loop, server).halfOpen().onEvent(Loopback.names(log)).open();
      socket.disableReading();
      loop.delay(
          Duration.ofMillis(10),
          () -> {
            socket.onRead((s, data) -> log.add(Loopback.text(data)));
            socket.onEvent(event -> {
              log.add(event.getClass().getSimpleName());
              socket.close();
            });
            socket.enableReading();
          });
    });
    assertThat(log).containsExactly("last words", "TcpEof");
  }

  @Test
  void an_event_callback_that_hears_of_the_end_can_still_ask_for_what_waits() {
    run(loop -> {
      TcpServer server = Loopback.server(loop, s -> s.write("late", TcpSocket::close));
      Loopback.client(loop, server)
          .onEvent(
              event -> ((TcpEof) event).socket().onRead((s, data) -> log.add(Loopback.text(data))))
          .open();
    });
    assertThat(log).containsExactly("late");
  }

  @Test
  void without_a_read_callback_the_end_still_closes_the_socket() {
    run(loop -> {
      TcpServer server = Loopback.server(loop, s -> s.write("unwanted", TcpSocket::close));
      Loopback.client(loop, server).onEvent(Loopback.names(log)).open();
    });
    assertThat(log).containsExactly("TcpEof");
  }

  @Test
  void reading_that_is_disabled_holds_the_peer_off_until_it_is_enabled() {
    run(loop -> {
      TcpServer server = Loopback.echo(loop);
      TcpSocket socket =
          Loopback.client(loop, server)
              .data("x")
              .onRead((s, data) -> {
                log.add("read");
                s.close();
              })
              .open();
      socket.disableReading();
      loop.delay(
          Duration.ofMillis(10),
          () -> {
            log.add("enabled");
            socket.enableReading();
          });
    });
    assertThat(log).containsExactly("enabled", "read");
  }

  @Test
  void unread_bytes_stay_where_they_are_while_reading_is_disabled() {
    run(loop -> {
      TcpServer server = Loopback.echo(loop);
      TcpSocket socket = Loopback.client(loop, server).data("x").open();
      loop.delay(
          Duration.ofMillis(10),
          () -> {
            socket.disableReading();
            socket.onRead((s, data) -> log.add("read"));
          });
      loop.delay(
          Duration.ofMillis(20),
          () -> {
            log.add("still waiting");
            socket.enableReading();
          });
      loop.delay(Duration.ofMillis(30), socket::close);
    });
    assertThat(log).containsExactly("still waiting", "read");
  }

  @Test
  void unread_bytes_are_not_delivered_to_a_socket_closed_meanwhile() {
    run(loop -> {
      TcpServer server = Loopback.echo(loop);
      TcpSocket socket = Loopback.client(loop, server).data("x").open();
      loop.delay(
          Duration.ofMillis(10),
          () -> {
            socket.onRead((s, data) -> log.add("read"));
            socket.abort();
          });
    });
    assertThat(log).isEmpty();
  }

  @Test
  void what_nobody_reads_is_bounded_and_the_rest_waits_with_the_peer() {
    run(loop -> {
      TcpSocket[] sender = new TcpSocket[1];
      TcpServer server =
          Loopback.server(
              loop,
              s -> {
                sender[0] = s;
                s.write(new byte[32 << 20]);
              });
      int[] read = new int[1];
      TcpSocket socket = Loopback.client(loop, server).onEvent(e -> {}).open();
      loop.delay(
          Duration.ofMillis(50),
          () -> {
            assertThat(sender[0].queued()).isPositive();
            sender[0].close();
            socket.onRead((s, data) -> read[0] += data.remaining());
          });
      loop.onExit(() -> log.add(read[0] + ""));
    });
    assertThat(log).containsExactly((32 << 20) + "");
  }

  @Test
  void a_read_callback_that_consumes_nothing_is_not_called_twice_for_the_same_bytes() {
    run(loop -> {
      TcpServer server = Loopback.server(loop, s -> s.write("twelve bytes", TcpSocket::close));
      Loopback.client(loop, server)
          .onRead((s, data) -> log.add(data.remaining() + ""))
          .onEvent(Loopback.names(log))
          .open();
    });
    assertThat(log).containsExactly("12", "TcpEof");
  }
}
