package dev.ferrule.tests.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.BlockingSocket;
import dev.ferrule.EventLoop;
import dev.ferrule.Proxy;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A blocking stream through a proxy over SSL: every byte in order, and ends of one side. */
class BlockingThroughProxyTest {
  private static final int MANY = 3_000_000;

  private final List<Event> events = new CopyOnWriteArrayList<>();

  private static byte[] random(long seed) {
    byte[] bytes = new byte[MANY];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void each_byte_comes_back_in_order_and_the_server_may_answer_behind_the_end() {
    long seed = System.nanoTime();
    byte[] sent = random(seed);
    CompletableFuture<byte[]> back = new CompletableFuture<>();
    SslContext trusting = SslContext.client().trust(Pki.TRUST).build();
    Loops.run(loop -> {
      TestProxy proxy = TestProxy.secure(loop, Pki.LOCAL);
      SslServer server = echo(loop);
      var _ =
          Ssl.connect(loop, "localhost", server.port())
              .trust(Pki.TRUST)
              .through(Ssl.proxy(Proxy.http("127.0.0.1", proxy.port()), trusting))
              .onEvent(events::add)
              .onClose(() -> {
                server.close();
                proxy.close();
              })
              .openAsync()
              .thenAccept(socket -> use(socket.blocking(), sent, back));
    });
    byte[] expected = Arrays.copyOf(sent, MANY + 3);
    System.arraycopy("end".getBytes(US_ASCII), 0, expected, MANY, 3);
    assertThat(Arrays.equals(back.join(), expected)).as("seed %d", seed).isTrue();
    assertThat(events).noneMatch(EventError.class::isInstance);
  }

  private static SslServer echo(EventLoop loop) {
    return Ssl.server(loop, "127.0.0.1", 0)
        .credentials(Pki.LOCAL)
        .halfOpen()
        .onRead((socket, data) -> socket.write(data))
        .onSecure((socket, session) ->
            socket.onEvent(event -> {
              socket.write("end");
              socket.close();
            }))
        .open();
  }

  private static void use(
      BlockingSocket<? extends SslSocket> socket, byte[] sent, CompletableFuture<byte[]> back) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            socket.output().write(sent);
            socket.shutdownOutput();
          } catch (IOException e) {
            back.completeExceptionally(e);
          }
        });
    Thread.ofVirtual()
        .start(() -> {
          try (socket) {
            back.complete(socket.input().readAllBytes());
          } catch (IOException e) {
            back.completeExceptionally(e);
          }
        });
  }
}
