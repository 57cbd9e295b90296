package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** What happens while a wire's task runs elsewhere. */
class TaskTest {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final ManualClock clock = new ManualClock();
  private final List<String> log = new ArrayList<>();

  private Slow.Setup client(EventLoop loop, TcpServer server) {
    return new Slow.Setup(loop, "127.0.0.1", server.port()).onClose(server::close);
  }

  @Test
  void what_was_written_meanwhile_goes_out_when_the_task_is_done() {
    Loopback.Text got = new Loopback.Text();
    Loops.run(
        clock.setup().tasks(tasks::add),
        loop -> {
          TcpServer server = Loopback.server(loop).onRead(got).onEvent(e -> {}).open();
          Slow socket = client(loop, server).data("first ").open();
          loop.delay(Duration.ofSeconds(1), () -> socket.write("second", s -> s.close()));
          loop.delay(Duration.ofSeconds(2), () -> tasks.remove().run());
        });
    assertThat(got).hasToString("first second");
  }

  @Test
  void a_close_while_it_runs_ends_in_order_as_soon_as_it_is_done() {
    long start = clock.getAsLong();
    Slow[] socket = new Slow[1];
    Loops.run(
        clock.setup().tasks(tasks::add),
        loop -> {
          TcpServer server = Loopback.server(loop).onEvent(Loopback.names(log)).open();
          socket[0] = client(loop, server).open();
          loop.delay(Duration.ofMillis(500), socket[0]::close);
          loop.delay(Duration.ofSeconds(1), () -> tasks.remove().run());
        });
    assertThat(log).containsExactly("TcpEof");
    assertThat(clock.since(start)).isEqualTo(Duration.ofSeconds(1));
    assertThat(socket[0].releases).hasValue(1);
  }

  @Test
  void an_abort_while_it_runs_releases_the_wire_once_it_is_done() {
    Slow[] socket = new Slow[1];
    Loops.run(
        clock.setup().tasks(tasks::add),
        loop -> {
          TcpServer server = Loopback.sink(loop);
          socket[0] = client(loop, server).open();
          loop.delay(Duration.ofMillis(500), socket[0]::abort);
          loop.delay(Duration.ofSeconds(1), () -> assertThat(socket[0].releases).hasValue(0));
          loop.delay(Duration.ofSeconds(2), () -> tasks.remove().run());
          loop.delay(Duration.ofSeconds(3), () -> assertThat(socket[0].releases).hasValue(1));
        });
    assertThat(socket[0].releases).hasValue(1);
  }

  @Test
  void when_the_loop_ends_while_it_runs_whoever_is_last_releases_the_wire() {
    Slow[] socket = new Slow[1];
    Loops.runUntilExit(
        clock.setup().tasks(tasks::add),
        loop -> {
          TcpServer server = Loopback.sink(loop);
          socket[0] = client(loop, server).open();
          loop.delay(Duration.ofSeconds(1), loop::exit);
        });
    assertThat(socket[0].releases).hasValue(0);
    tasks.remove().run();
    assertThat(socket[0].releases).hasValue(1);
  }

  @Test
  void a_task_that_is_done_just_before_the_loop_ends_is_not_forgotten() {
    Slow[] socket = new Slow[1];
    Loops.runUntilExit(
        clock.setup().tasks(tasks::add),
        loop -> {
          TcpServer server = Loopback.sink(loop);
          socket[0] = client(loop, server).open();
          loop.delay(
              Duration.ofSeconds(1),
              () -> {
                loop.exit();
                loop.onExit(() -> tasks.remove().run());
              });
        });
    assertThat(socket[0].releases).hasValue(1);
  }

  @Test
  void an_executor_that_refuses_is_an_error_of_that_socket() {
    Loops.run(
        clock
            .setup()
            .tasks(task -> {
              throw new RejectedExecutionException();
            }),
        loop -> {
          TcpServer server = Loopback.sink(loop);
          client(loop, server).onEvent(Loopback.names(log)).open();
        });
    assertThat(log).containsExactly("TcpError");
  }
}
