package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopGroup;
import dev.ferrule.LoopStats;
import dev.ferrule.TcpServer;
import dev.ferrule.event.AddressInUse;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.ForwardingPoller;
import dev.ferrule.testkit.Loops;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several loops in one process: how they begin and end, and whose threads they are. */
class LoopGroupTest extends LoopGroupRig {
  @ParameterizedTest
  @MethodSource("pollers")
  void what_leaves_one_loop_ends_all_and_leaves_run(PollerProvider poller) {
    Queue<Integer> ended = new ConcurrentLinkedQueue<>();
    assertThatThrownBy(() ->
            Loops.runUntilExit(
                EventLoop.setup().poller(poller).loops(3),
                loop -> {
                  loop.notifier(() -> {});
                  TcpServer server = open(loop, anyPort());
                  loop.onExit(() -> {
                    ended.add(loop.number());
                    if (loop.number() == 2) {
                      throw new IllegalArgumentException("at the end");
                    }
                  });
                  whenAllAreOpen(
                      loop,
                      () ->
                          ask(
                              loop,
                              server.localAddress(),
                              3,
                              () ->
                                  loop.group()
                                      .execute(each -> {
                                        if (each.number() == 1) {
                                          throw new IllegalStateException("mine");
                                        }
                                      })));
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mine")
        .satisfies(e ->
            assertThat(e.getSuppressed())
                .hasOnlyElementsOfType(IllegalArgumentException.class)
                .hasSize(1));
    assertThat(ended).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void a_loop_that_cannot_be_opened_ends_the_others_before_they_begin() {
    AtomicInteger opened = new AtomicInteger();
    AtomicInteger mains = new AtomicInteger();
    PollerProvider third =
        ForwardingPoller.provider(
            Pollers.chosen((String) null),
            real -> {
              if (opened.incrementAndGet() == 3) {
                real.close();
                throw new IllegalArgumentException("no more");
              }
              return real;
            });
    assertThatThrownBy(() ->
            Loops.runUntilExit(
                EventLoop.setup().poller(third).loops(3), loop -> mains.incrementAndGet()))
        .hasMessage("no more");
    assertThat(mains).hasValue(0);
  }

  @Test
  void a_group_of_one_is_a_loop_on_this_thread() {
    Loops.run(
        EventLoop.setup().loops(1),
        loop -> {
          assertThat(loop.number()).isZero();
          assertThat(loop.group().size()).isEqualTo(1);
          assertThat(loop.inLoop()).isTrue();
          TcpServer server = open(loop, anyPort());
          assertThatThrownBy(() -> open(loop, server.localAddress()))
              .isInstanceOf(AddressInUse.class);
          ask(loop, server.localAddress(), 2, () -> closeAll(loop));
        });
    assertThat(served).containsExactly(Map.entry(0, 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1025})
  void the_number_of_loops_has_bounds(int count) {
    assertThatThrownBy(() -> EventLoop.setup().loops(count))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 1 to 1024");
  }

  @Test
  void servers_of_other_loops_and_other_loops_themselves_refuse_this_thread() {
    Loops.run(
        EventLoop.setup().loops(2),
        loop -> {
          TcpServer server = open(loop, anyPort());
          servers.put(loop.number(), server);
          loops.put(loop.number(), loop);
          whenAllAreOpen(
              loop,
              () -> {
                int other = 1 - loop.number();
                assertThatThrownBy(() -> servers.get(other).close())
                    .isInstanceOf(WrongThreadException.class);
                assertThatThrownBy(() -> loops.get(other).closeAll())
                    .isInstanceOf(WrongThreadException.class);
                assertThatThrownBy(() -> open(loops.get(other), anyPort()))
                    .isInstanceOf(WrongThreadException.class);
                closeAll(loop);
              });
        });
  }

  private final Map<Integer, EventLoop> loops = new ConcurrentHashMap<>();

  @Test
  void an_interrupt_ends_nothing_and_is_seen_after_run() {
    Loops.run(
        EventLoop.setup().loops(2),
        loop -> {
          TcpServer server = open(loop, anyPort());
          if (loop.number() == 0) {
            Thread.currentThread().interrupt();
          }
          whenAllAreOpen(loop, () -> ask(loop, server.localAddress(), 4, () -> closeAll(loop)));
        });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(answers).hasValue(4);
  }

  @Test
  void nothing_can_be_executed_on_a_group_that_has_ended() {
    AtomicReference<LoopGroup> group = new AtomicReference<>();
    Loops.run(EventLoop.setup().loops(2), loop -> group.set(loop.group()));
    assertThatThrownBy(() -> group.get().execute(loop -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("all loops of the group have ended");
  }

  @Test
  void what_loops_have_open_adds_up() {
    AtomicReference<Integer> open = new AtomicReference<>(0);
    Loops.run(
        EventLoop.setup().loops(3),
        loop -> {
          open(loop, anyPort());
          whenAllAreOpen(
              loop,
              () -> {
                loop.group()
                    .execute(each -> open.accumulateAndGet(each.stats().servers(), Integer::sum));
                loop.group().execute(EventLoop::closeAll);
              });
        });
    assertThat(open.get()).isEqualTo(3);
    var one = new LoopStats(1, 2, 3, 4, 5, 6);
    assertThat(one.plus(one)).isEqualTo(new LoopStats(2, 4, 6, 8, 10, 12));
  }
}
