package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpError;
import dev.ferrule.event.TcpReset;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** The long pieces of a handshake, wherever they run, and however long. */
class TasksTest {
  /** Holds tasks until the test lets them run; all on the loop's thread. */
  private final ArrayDeque<Runnable> held = new ArrayDeque<>();

  private boolean holds = true;

  @Test
  void a_handshake_runs_on_virtual_threads_by_default() {
    exchange(new Pair().loop(EventLoop.setup()));
  }

  @Test
  void a_handshake_runs_on_the_loops_own_thread_when_asked() {
    exchange(new Pair().loop(Loops.inline()));
  }

  @Test
  void a_handshake_runs_on_any_executor() {
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      exchange(new Pair().loop(EventLoop.setup().tasks(pool)));
    }
  }

  private static void exchange(Pair pair) {
    pair.client(c -> c.data("hello")).onServed(s -> s.write("welcome", done -> done.close())).run();
    pair.client.only(TcpEof.class);
    assertThat(pair.client.text).hasToString("welcome");
  }

  @Test
  void an_executor_that_takes_no_more_work_fails_the_handshake() {
    Pair pair =
        new Pair()
            .loop(
                EventLoop.setup()
                    .tasks(task -> {
                      throw new RejectedExecutionException("full");
                    }))
            .run();
    // BoringSSL's servers sign on the loop: its clients, which verify, have the first task.
    TcpError error = (Provided.SERVERS_HAVE_TASKS ? pair.server : pair.client).only(TcpError.class);
    assertThat(error.code()).isEqualTo("EREJECTED");
    assertThat(error.message()).contains("executor", "no more work");
    assertThat((Provided.SERVERS_HAVE_TASKS ? pair.client : pair.server).events).hasSize(1);
  }

  @Test
  void a_close_while_a_task_runs_ends_as_soon_as_the_task_does() {
    Pair pair = holding();
    pair.server(s -> asking(s).closeTimeout(Duration.ofMinutes(5)));
    pair.onAccept(s ->
        whenHeld(
            s.loop(),
            () -> {
              s.close();
              assertThat(s.isClosed()).isTrue();
              releaseAll();
            }));
    pair.run();
    assertThat(pair.server.events).isEmpty();
    assertThat(pair.server.closed).isEqualTo(1);
    assertThat(pair.client.events).hasSize(1);
    assertThat(pair.client.closed).isEqualTo(1);
  }

  @Test
  void an_abort_while_a_task_runs_is_at_once() {
    Pair pair = holding();
    pair.onAccept(s -> whenHeld(s.loop(), s::abort));
    pair.client(c ->
        showing(c)
            .onClose(() -> {
              pair.client.close();
              releaseAll(); // it finds nobody any more
            }));
    pair.run();
    assertThat(pair.server.closed).isEqualTo(1);
    pair.client.only(TcpReset.class);
  }

  @Test
  void a_task_that_takes_too_long_is_a_handshake_timeout() {
    Pair pair = holding();
    pair.server(s -> asking(s).handshakeTimeout(Duration.ofMillis(60)));
    pair.run();
    releaseAll();
    assertThat(pair.server.only(TcpTimeout.class).limit()).isEqualTo(TcpTimeout.Limit.HANDSHAKE);
    // A reset where the limit passed before the server has read all that the client sent.
    assertThat(pair.client.only(TcpError.class))
        .isInstanceOfAny(SslTruncated.class, TcpReset.class);
  }

  @Test
  void a_peer_that_leaves_while_a_task_runs_is_noticed_after_it() {
    Pair pair = holding();
    pair.onAccept(s -> whenHeld(s.loop(), () -> {}));
    pair.client(c ->
        showing(c)
            .handshakeTimeout(Duration.ofMillis(60))
            .onClose(() -> {
              pair.client.close();
              releaseAll();
            }));
    pair.run();
    assertThat(pair.server.events).hasSize(1);
    if (Provided.SERVERS_HAVE_TASKS) { // else all that the client had to say was there already
      assertThat(pair.server.order).doesNotContain("secure");
    }
  }

  @Test
  void a_loop_that_exits_while_a_task_runs_does_not_wait_for_it() {
    Pair pair = holding();
    pair.onAccept(s -> whenHeld(s.loop(), s.loop()::exit));
    pair.runUntilExit();
    releaseAll();
    assertThat(pair.server.events).isEmpty();
  }

  private Pair holding() {
    int[] passing = {
      Provided.SERVERS_HAVE_TASKS ? 0 : 1
    }; // BoringSSL: the client's, which verifies the server
    return new Pair()
        .server(TasksTest::asking)
        .client(TasksTest::showing)
        .loop(
            EventLoop.setup()
                .tasks(task -> {
                  if (holds && passing[0]-- <= 0) {
                    held.add(task);
                  } else {
                    task.run();
                  }
                }));
  }

  /** A server on BoringSSL has a task when it verifies, so it is given something to verify. */
  private static SslServerSetup asking(SslServerSetup server) {
    return Provided.SERVERS_HAVE_TASKS
        ? server
        : server.clientAuth(ClientAuth.REQUIRED).trust(Pki.TRUST);
  }

  /** In TLS 1.2 the client waits for that. */
  private static SslClientSetup showing(SslClientSetup client) {
    return Provided.SERVERS_HAVE_TASKS
        ? client
        : client.credentials(Pki.CLIENT).maxProtocol(Protocol.TLS_1_2);
  }

  /** The server's first task comes after the client's hello, or its certificate. */
  private void whenHeld(EventLoop loop, Runnable then) {
    loop.execute(() -> {
      if (held.isEmpty()) {
        whenHeld(loop, then);
      } else {
        then.run();
      }
    });
  }

  private void releaseAll() {
    holds = false;
    for (Runnable task; (task = held.poll()) != null; ) {
      task.run();
    }
  }
}
