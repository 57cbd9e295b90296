package dev.ferrule.tests.tcp;

import static dev.ferrule.tests.tcp.Loopback.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopStats;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import dev.ferrule.testkit.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoopTest {
  @Test
  void a_loop_with_nothing_to_do_returns() {
    AtomicInteger runs = new AtomicInteger();
    Loops.run(loop -> runs.incrementAndGet());
    assertThat(runs).hasValue(1);
  }

  @Test
  void current_is_the_running_loop_and_a_clear_error_outside() {
    Loops.run(loop -> assertThat(EventLoop.current()).isSameAs(loop));
    assertThatThrownBy(EventLoop::current)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("EventLoop.run");
  }

  @Test
  void a_loop_inside_a_loop_is_refused() {
    Loops.run(loop ->
        assertThatThrownBy(() -> EventLoop.run(inner -> {}))
            .isInstanceOf(IllegalStateException.class));
  }

  @Test
  void exit_ends_it_with_servers_sockets_and_attempts_open() {
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          TcpServer server = echo(loop);
          Tcp.connect(loop, "127.0.0.1", server.port()).onConnect(s -> loop.exit()).open();
          Tcp.connect(loop, "127.0.0.1", server.port()).open();
          loop.delay(Duration.ofHours(1), () -> {});
        });
    assertThatThrownBy(EventLoop::current).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void exit_during_an_attempt_with_more_addresses_to_try_leaves_nothing() {
    Loops.runUntilExit(
        EventLoop.setup().resolver(host -> NeverThere.TWICE),
        loop -> {
          Tcp.connect(loop, "two.example", NeverThere.PORT).onEvent(e -> {}).open();
          loop.interval(Duration.ofMillis(20), loop::exit);
        });
  }

  @Test
  void an_exception_ends_it_after_everything_was_closed() {
    assertThatThrownBy(() ->
            Loops.runUntilExit(
                EventLoop.setup(),
                loop -> {
                  TcpServer server = echo(loop);
                  Tcp.connect(loop, "127.0.0.1", server.port())
                      .onConnect(s -> {
                        throw new IllegalArgumentException("mine");
                      })
                      .open();
                }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mine");
  }

  @Test
  void exit_callbacks_run_last_added_first_however_it_ends_and_all_of_them() {
    List<String> ran = new ArrayList<>();
    assertThatThrownBy(() ->
            Loops.runUntilExit(
                EventLoop.setup(),
                loop -> {
                  loop.onExit(() -> ran.add("first added"));
                  loop.onExit(() -> {
                    throw new IllegalStateException("in between");
                  });
                  loop.onExit(() -> ran.add("last added"));
                }))
        .hasMessage("in between");
    assertThat(ran).containsExactly("last added", "first added");
  }

  @Test
  void stats_count_what_is_open() {
    List<LoopStats> seen = new ArrayList<>();
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpServer server = Loopback.sink(loop);
          Loopback.client(loop, server)
              .connectTimeout(Duration.ofSeconds(5))
              .onConnect(s ->
                  loop.delay(
                      Duration.ofMillis(1),
                      () -> {
                        seen.add(loop.stats());
                        s.close();
                      }))
              .open();
        });
    assertThat(seen).containsExactly(new LoopStats(1, 1, 1, 0, 0, 0));
  }

  @Test
  void an_event_without_a_callback_goes_to_the_default_handler() {
    List<String> events = new ArrayList<>();
    Loops.run(
        EventLoop.setup().defaultEventHandler(Loopback.names(events)),
        loop -> Tcp.connect(loop, "127.0.0.1", Ports.refusing()).open());
    assertThat(events).containsExactly("TcpRefused");
  }

  @Test
  void an_interrupted_thread_neither_ends_the_loop_nor_makes_it_spin() {
    AtomicInteger ticks = new AtomicInteger();
    Loops.run(loop -> {
      Thread.currentThread().interrupt();
      loop.delay(
          Duration.ofMillis(50),
          () -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
      ticks.incrementAndGet();
    });
    assertThat(Thread.interrupted()).as("told to who called run").isTrue();
    assertThat(ticks).hasValue(1);
  }

  @Test
  void calls_after_the_end_are_clear_errors_and_endings_are_harmless() {
    List<EventLoop> kept = new ArrayList<>();
    List<AutoCloseable> closes = new ArrayList<>();
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          kept.add(loop);
          var socket = Tcp.connect(loop, "127.0.0.1", echo(loop).port()).open();
          var timer = loop.delay(Duration.ofHours(1), () -> {});
          var notifier = loop.notifier(() -> {});
          closes.addAll(List.of(socket::close, socket::abort, timer::cancel));
          closes.add(notifier);
          loop.exit();
        });
    assertThatThrownBy(() -> kept.getFirst().delay(Duration.ZERO, () -> {}))
        .hasMessageContaining("has ended");
    assertThat(closes).allSatisfy(close -> assertThatNoException().isThrownBy(close::close));
  }
}
