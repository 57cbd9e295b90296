package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.BlockingSocket;
import dev.ferrule.EventLoop;
import dev.ferrule.Framing;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** STARTTLS by messages and callbacks, then blocking streams of both sides. */
class UpgradedStreamsTest {
  private static final String HERE = "127.0.0.1";
  private static final Framing LINES = Framing.lines(100);

  private final CompletableFuture<String> answer = new CompletableFuture<>();
  private final List<Event> events = new ArrayList<>();

  private TcpServer server(EventLoop loop) {
    TcpServer[] server = new TcpServer[1];
    server[0] =
        Tcp.server(loop, HERE, 0)
            .onConnect(socket -> server[0].close())
            .onRead(LINES.messages((socket, line) -> upgrade(socket)))
            .onEvent(events::add)
            .open();
    return server[0];
  }

  private static void upgrade(TcpSocket socket) {
    socket.write("go ahead\n");
    var _ =
        Ssl.wrap(socket)
            .asServer()
            .credentials(Pki.LOCAL)
            .openAsync()
            .thenAccept(secure -> {
              BlockingSocket<SslSocket> streams = secure.blocking();
              Thread.ofVirtual().start(() -> echo(streams));
            });
  }

  private static void echo(BlockingSocket<SslSocket> socket) {
    try (socket) {
      socket.input().transferTo(socket.output());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void ask(BlockingSocket<SslSocket> socket) {
    try (socket) {
      socket.output().write("a question".getBytes(US_ASCII));
      answer.complete(new String(socket.input().readNBytes(10), US_ASCII));
    } catch (IOException e) {
      answer.completeExceptionally(e);
    }
  }

  @Test
  void an_upgraded_socket_has_streams() {
    Loops.run(loop ->
        Tcp.connect(loop, HERE, server(loop).port())
            .data("STARTTLS\n")
            .onRead(
                LINES.messages((plain, line) -> {
                  var _ =
                      Ssl.wrap(plain)
                          .asClient(HERE)
                          .trust(Pki.TRUST)
                          .openAsync()
                          .thenAccept(secure -> ask(loop, secure));
                }))
            .open());
    assertThat(answer.join()).isEqualTo("a question");
    assertThat(events).isEmpty();
  }

  private void ask(EventLoop loop, SslSocket secure) {
    assertThat(loop.inLoop()).isTrue();
    BlockingSocket<SslSocket> streams = secure.blocking();
    Thread.ofVirtual().start(() -> ask(streams));
  }

  @Test
  void plain_text_behind_the_message_that_upgrades_is_an_injection() {
    Loops.run(loop ->
        Tcp.connect(loop, HERE, server(loop).port())
            .data("STARTTLS\nand more")
            .onEvent(event -> {})
            .open());
    assertThat(events).singleElement().isInstanceOf(SslError.class);
    assertThat(((SslError) events.getFirst()).code()).isEqualTo("INJECTED");
  }
}
