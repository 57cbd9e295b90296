package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpError;
import dev.ferrule.event.TcpReset;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.Loops;
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
    Provided.assumeTasks();
    Pair pair =
        new Pair()
            .loop(
                EventLoop.setup()
                    .tasks(task -> {
                      throw new RejectedExecutionException("full");
                    }))
            .run();
    TcpError error = pair.server.only(TcpError.class);
    assertThat(error.code()).isEqualTo("EREJECTED");
    assertThat(error.message()).contains("executor", "no more work");
    assertThat(pair.client.events).hasSize(1);
  }

  @Test
  void a_close_while_a_task_runs_ends_as_soon_as_the_task_does() {
    Pair pair = holding();
    pair.server(s -> s.closeTimeout(Duration.ofMinutes(5)));
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
        c.onClose(() -> {
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
    pair.server(s -> s.handshakeTimeout(Duration.ofMillis(60)));
    pair.run();
    releaseAll();
    assertThat(pair.server.only(TcpTimeout.class).limit()).isEqualTo(TcpTimeout.Limit.HANDSHAKE);
    pair.client.only(SslTruncated.class);
  }

  @Test
  void a_peer_that_leaves_while_a_task_runs_is_noticed_after_it() {
    Pair pair = holding();
    pair.onAccept(s -> whenHeld(s.loop(), () -> {}));
    pair.client(c ->
        c.handshakeTimeout(Duration.ofMillis(60))
            .onClose(() -> {
              pair.client.close();
              releaseAll();
            }));
    pair.run();
    assertThat(pair.server.events).hasSize(1);
    if (Using.jdk()) { // else all that the client had to say was there already
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
    Provided.assumeTasks();
    return new Pair()
        .loop(
            EventLoop.setup()
                .tasks(task -> {
                  if (holds) {
                    held.add(task);
                  } else {
                    task.run();
                  }
                }));
  }

  /** The server's first task comes after the client's hello. */
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
