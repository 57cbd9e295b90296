package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.TcpReset;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A peer that sends data and close_notify and then resets, all while the loop is busy: what it sent
 * is whole (RFC 8446 6.1), and is delivered before anything is said of the reset.
 */
class ResetAfterCloseNotifyTest {
  /** More than one record, and less than the window that a receiver opens with. */
  private static final String ANSWER = "x".repeat(30_000);

  private final Heard heard = new Heard();
  private final CompletableFuture<Void> asked = new CompletableFuture<>();
  private final CompletableFuture<Void> reset = new CompletableFuture<>();

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void is_a_clean_end_for_a_socket_that_writes_nothing(Protocol version) {
    run(version, s -> {}, socket -> {});
    assertThat(heard.text.length()).isEqualTo(5 + ANSWER.length());
    assertThat(heard.order).endsWith("TcpEof", "close");
    assertThat(heard.events).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void is_a_clean_end_for_a_socket_that_only_ends_its_output(Protocol version) {
    run(version, s -> {}, SslSocket::shutdownOutput);
    assertThat(heard.text.length()).isEqualTo(5 + ANSWER.length());
    assertThat(heard.order).endsWith("TcpEof", "close");
    assertThat(heard.events).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void comes_before_the_loss_of_what_this_side_wrote(Protocol version) {
    run(version, s -> {}, socket -> socket.write("never read"));
    assertThat(heard.text.length()).isEqualTo(5 + ANSWER.length());
    assertThat(heard.order).endsWith("TcpEof", "TcpReset", "close");
    assertThat(heard.events.getLast()).isInstanceOf(TcpReset.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void comes_before_the_loss_on_a_half_open_socket(Protocol version) {
    run(version, SslServerSetup::halfOpen, socket -> socket.write("never read"));
    assertThat(heard.text.length()).isEqualTo(5 + ANSWER.length());
    assertThat(heard.order).endsWith("TcpEof", "TcpReset", "close");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void waits_behind_a_pause(Protocol version) {
    run(
        version,
        s -> {},
        socket -> {
          socket.disableReading();
          socket.shutdownOutput();
          socket
              .loop()
              .delay(
                  Duration.ofMillis(30),
                  () -> {
                    heard.order.add("resume");
                    socket.enableReading();
                  });
        });
    assertThat(heard.text.length()).isEqualTo(5 + ANSWER.length());
    assertThat(heard.order.subList(0, 3)).containsExactly("read", "resume", "read");
    assertThat(heard.order).endsWith("TcpEof", "close");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void does_not_hide_the_loss_behind_a_pause(Protocol version) {
    run(
        version,
        s -> {},
        socket -> {
          socket.disableReading();
          socket.write("never read");
        });
    assertThat(heard.order).containsExactly("read", "TcpReset", "close");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void reaches_a_stream_whole(Protocol version) {
    int[] streamed = new int[1];
    run(
        version,
        s ->
            s.onStream((socket, stream) -> {
              ByteBuffer some = ByteBuffer.allocate(1_000);
              for (int n = stream.read(some); n > 0; n = stream.read(some.clear())) {
                streamed[0] += n;
              }
              if (streamed[0] == 5) {
                meanwhile(socket, written -> written.write("never read"));
              }
            }),
        socket -> {});
    assertThat(streamed[0]).isEqualTo(5 + ANSWER.length());
    assertThat(heard.order).endsWith("TcpEof", "TcpReset", "close");
  }

  /** The server's loop stands still, by its first read callback, until the peer has reset. */
  private void run(
      Protocol version, Consumer<SslServerSetup> settings, Consumer<SslSocket> afterReset) {
    Loops.runInline(loop -> {
      var listening =
          Pair.serve(
              loop,
              heard,
              s -> {
                s.onRead((socket, data) -> {
                  boolean first = heard.text.isEmpty();
                  heard.read(data);
                  if (first) {
                    meanwhile(socket, afterReset);
                  }
                });
                settings.accept(s);
              });
      Thread.ofPlatform().daemon().start(() -> talk(listening.port(), version));
    });
  }

  private void meanwhile(SslSocket socket, Consumer<SslSocket> afterReset) {
    asked.complete(null);
    try {
      reset.get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
    afterReset.accept(socket);
  }

  private void talk(int port, Protocol version) {
    try (Socket below = new Socket(InetAddress.getLoopbackAddress(), port)) {
      SSLSocket socket =
          (SSLSocket)
              JdkPeers.CONTEXT
                  .getSocketFactory()
                  .createSocket(below, "127.0.0.1", port, /* autoClose= */ true);
      socket.setEnabledProtocols(new String[] {version.toString()});
      socket.getOutputStream().write("hello".getBytes(UTF_8));
      asked.get(10, TimeUnit.SECONDS);
      socket.getOutputStream().write(ANSWER.getBytes(UTF_8));
      socket.shutdownOutput();
      below.setSoLinger(true, 0);
    } catch (IOException | InterruptedException | ExecutionException | TimeoutException e) {
      reset.completeExceptionally(e);
    }
    reset.complete(null);
  }
}
