package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is left of connections whose signing callback has not answered when they end. */
@Tag("once")
class AbandonedSignaturesTest {
  private static final int CONNECTIONS = 20;
  private final Queue<CompletableFuture<byte[]>> asked = new ConcurrentLinkedQueue<>();

  private Credentials silent() {
    return Credentials.of(
        (scheme, message) -> {
          CompletableFuture<byte[]> answer = new CompletableFuture<>();
          asked.add(answer);
          return answer;
        },
        Handshaken.LOCAL.chain());
  }

  private void abandon(boolean exits) {
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          int[] left = {CONNECTIONS};
          SslServer server =
              Ssl.server(loop, "127.0.0.1", 0)
                  .provider("boringssl")
                  .credentials(silent())
                  .handshakeTimeout(exits ? Duration.ofSeconds(30) : Duration.ofMillis(300))
                  .onEvent(event -> {})
                  .onClose(() -> {
                    if (--left[0] == 0) {
                      loop.exit();
                    }
                  })
                  .open();
          SslContext client =
              SslContext.client().provider("boringssl").trust(Handshaken.TRUST).build();
          for (int i = 0; i < CONNECTIONS; i++) {
            Ssl.connect(loop, "127.0.0.1", server.port())
                .context(client)
                .serverName("localhost")
                .onEvent(event -> {})
                .open();
          }
          if (exits) {
            exitWhenAsked(loop);
          }
        });
  }

  private void exitWhenAsked(EventLoop loop) {
    if (asked.size() == CONNECTIONS) {
      loop.exit();
    } else {
      loop.delay(Duration.ofMillis(5), () -> exitWhenAsked(loop));
    }
  }

  @Test
  void their_memory_is_given_back_when_the_answer_comes_after_the_loop_has_gone() {
    long before = NativeContext.live();
    abandon(true);
    asked.forEach(answer -> answer.complete(new byte[70]));
    assertThat(eventually(() -> NativeContext.live() == before)).isTrue();
  }

  /** Nobody waits for the answers any more. */
  @Test
  void their_memory_is_given_back_when_the_handshakes_have_timed_out() {
    long before = NativeContext.live();
    abandon(false);
    assertThat(asked).hasSize(CONNECTIONS);
    assertThat(eventually(() -> NativeContext.live() == before))
        .as("%d connections, which have closed, hold memory", NativeContext.live() - before)
        .isTrue();
    asked.forEach(answer -> assertThat(answer).isDone());
  }

  private static boolean eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }
}
