package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loops that share one context for their servers and one for their clients. */
class LoopGroupTest {
  private static final int LOOPS = 3;
  private static final int CLIENTS = 12; // of each loop

  private final SslContext serving = SslContext.server().credentials(Pki.LOCAL).build();
  private final SslContext asking = SslContext.client().trust(Pki.TRUST).build();
  private final Map<Integer, Set<Thread>> threads = new ConcurrentHashMap<>();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger answers = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void one_context_serves_all_loops_at_once(boolean tasksOnTheLoop) {
    var setup = tasksOnTheLoop ? Loops.inline() : EventLoop.setup();
    Loops.run(
        setup.loops(LOOPS),
        loop -> {
          SslServer server =
              Ssl.server(loop, "127.0.0.1", 0)
                  .context(serving)
                  .onSecure((socket, session) -> here(loop))
                  .onRead((socket, data) -> {
                    here(loop);
                    socket.write(data);
                  })
                  .onEvent(event -> {})
                  .open();
          if (opened.incrementAndGet() == LOOPS) {
            loop.group()
                .execute(each -> {
                  for (int i = 0; i < CLIENTS; i++) {
                    ask(each, server.port(), each.number() + "." + i);
                  }
                });
          }
        });
    assertThat(answers).hasValue(LOOPS * CLIENTS);
    assertThat(threads).containsOnlyKeys(0, 1, 2);
    assertThat(threads.values()).allMatch(of -> of.size() == 1);
  }

  private void here(EventLoop loop) {
    threads
        .computeIfAbsent(loop.number(), number -> ConcurrentHashMap.newKeySet())
        .add(Thread.currentThread());
  }

  private void ask(EventLoop loop, int port, String question) {
    Ssl.connect(loop, "127.0.0.1", port)
        .context(asking)
        .data(question)
        .onRead((socket, data) -> {
          assertThat(UTF_8.decode(data).toString()).isEqualTo(question);
          socket.close();
        })
        .onClose(() -> {
          if (answers.incrementAndGet() == LOOPS * CLIENTS) {
            loop.group().execute(EventLoop::closeAll);
          }
        })
        .open();
  }
}
