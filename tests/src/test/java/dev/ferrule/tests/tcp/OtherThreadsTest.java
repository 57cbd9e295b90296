package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ferrule.EventLoop;
import dev.ferrule.Notifier;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.testkit.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OtherThreadsTest {
  @Test
  void execute_runs_on_the_loop_in_order_from_any_thread() {
    List<Integer> ran = new ArrayList<>();
    Loops.run(loop -> {
      Notifier keeper = loop.notifier(() -> {});
      Thread.ofPlatform()
          .start(() -> {
            for (int i = 0; i < 1_000; i++) {
              int number = i;
              loop.execute(() -> ran.add(number));
            }
            loop.execute(() -> assertThat(loop.inLoop()).isTrue());
            keeper.close();
          });
    });
    assertThat(ran).hasSize(1_000).isSorted();
  }

  @Test
  void the_local_address_is_asked_for_on_the_loop_only() {
    Throwable[] thrown = new Throwable[1];
    Loops.run(loop -> {
      TcpServer server = Tcp.server(loop, "127.0.0.1", 0).onEvent(event -> {}).open();
      Tcp.connect(loop, "127.0.0.1", server.port())
          .onEvent(event -> {})
          .onConnect(socket -> {
            assertThat(socket.localAddress()).isNotNull();
            Thread.ofPlatform()
                .start(() -> {
                  thrown[0] = catchThrowable(socket::localAddress);
                  loop.execute(() -> {
                    socket.close();
                    server.close();
                  });
                });
          })
          .open();
    });
    assertThat(thrown[0]).isInstanceOf(WrongThreadException.class).hasMessageContaining("execute");
  }

  @Test
  void execute_wakes_a_loop_that_waits() {
    List<String> ran = new ArrayList<>();
    Loops.run(loop -> {
      var timer = loop.delay(Duration.ofHours(1), () -> ran.add("an hour later"));
      Thread.ofVirtual()
          .start(() ->
              loop.execute(() -> {
                ran.add("woken");
                timer.cancel();
              }));
    });
    assertThat(ran).containsExactly("woken");
  }

  @Test
  void an_action_is_run_or_refused_also_when_the_loop_is_just_ending() throws Exception {
    AtomicInteger accepted = new AtomicInteger();
    AtomicInteger ran = new AtomicInteger();
    for (int round = 0; round < 500; round++) {
      CountDownLatch started = new CountDownLatch(1);
      Thread[] thread = new Thread[1];
      EventLoop.run(loop -> {
        thread[0] =
            Thread.ofPlatform()
                .start(() -> {
                  started.countDown();
                  flood(loop, accepted, ran);
                });
        loop.notifier(() -> {}).trigger();
      });
      started.await();
      thread[0].join();
    }
    assertThat(ran.get()).isEqualTo(accepted.get());
  }

  @Test
  void nothing_is_refused_as_long_as_something_is_open() {
    AtomicInteger ran = new AtomicInteger();
    int each = 5_000;
    Loops.run(loop -> {
      Notifier open = loop.notifier(() -> {});
      List<CompletableFuture<Void>> floods = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        floods.add(
            CompletableFuture.runAsync(() -> {
              for (int j = 0; j < each; j++) {
                loop.execute(ran::incrementAndGet);
              }
            }));
      }
      CompletableFuture<Void> all =
          CompletableFuture.allOf(floods.toArray(CompletableFuture[]::new));
      CompletableFuture<Void> _ =
          all.whenComplete((nothing, thrown) -> {
            assertThat(thrown).isNull();
            loop.execute(open::close);
          });
    });
    assertThat(ran).hasValue(4 * each);
  }

  private static void flood(EventLoop loop, AtomicInteger accepted, AtomicInteger ran) {
    try {
      for (int i = 0; i < 20; i++) {
        loop.execute(ran::incrementAndGet);
        accepted.incrementAndGet();
      }
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("has ended");
    }
  }

  @Test
  void a_notifier_keeps_the_loop_running_until_it_is_triggered_once() {
    AtomicInteger runs = new AtomicInteger();
    Loops.run(loop -> {
      Notifier notifier = loop.notifier(runs::incrementAndGet);
      Thread.ofPlatform()
          .start(() -> {
            notifier.trigger();
            notifier.trigger();
            notifier.close();
          });
    });
    assertThat(runs).hasValue(1);
  }

  @Test
  void a_notifier_that_is_closed_lets_the_loop_go_without_running() {
    AtomicInteger runs = new AtomicInteger();
    Loops.run(loop -> loop.notifier(runs::incrementAndGet).close());
    assertThat(runs).hasValue(0);
  }

  @Test
  void a_call_from_another_thread_says_what_to_do_instead() {
    Loops.run(loop -> {
      TcpServer server = Loopback.sink(loop);
      var socket = Loopback.client(loop, server).open();
      for (Runnable call :
          List.<Runnable>of(
              () -> socket.write("x"),
              socket::close,
              socket::abort,
              socket::shutdownOutput,
              socket::disableReading,
              () -> socket.onRead((s, d) -> {}),
              () -> socket.readTimeout(Duration.ofSeconds(1)),
              () -> loop.delay(Duration.ZERO, () -> {}),
              loop::stats,
              server::close,
              () -> Tcp.connect(loop, "127.0.0.1", 1))) {
        assertThatThrownBy(() -> elsewhere(call))
            .isInstanceOf(WrongThreadException.class)
            .hasMessageContaining("loop.execute");
      }
      socket.close();
    });
  }

  private static void elsewhere(Runnable call) throws Throwable {
    Throwable[] thrown = new Throwable[1];
    Thread thread = Thread.ofPlatform().unstarted(call);
    thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
    thread.start();
    thread.join();
    if (thrown[0] != null) {
      throw thrown[0];
    }
  }
}
