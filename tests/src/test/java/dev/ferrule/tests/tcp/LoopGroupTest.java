package dev.ferrule.tests.tcp;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Named.named;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopGroup;
import dev.ferrule.LoopSetup;
import dev.ferrule.LoopStats;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.event.AddressInUse;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.nio.SharingPoller;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.ForwardingPoller;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several loops in one process, over pollers that share addresses and over those that do not. */
class LoopGroupTest {
  private final Map<Integer, Integer> served = new ConcurrentHashMap<>(); // connections by loop
  private final Set<Integer> ports = new ConcurrentSkipListSet<>();
  private final AtomicInteger toOpen = new AtomicInteger();
  private final AtomicInteger answers = new AtomicInteger();

  static Stream<Named<PollerProvider>> pollers() {
    Stream<PollerProvider> real = LoopSetup.pollers().stream().filter(p -> p.unavailable() == null);
    Stream<Named<PollerProvider>> all = real.map(p -> named(p.name(), p));
    return SharingPoller.works()
        ? Stream.concat(all, Stream.of(named("nio sharing", SharingPoller.provider())))
        : all;
  }

  /** A server of {@code loop} that answers with the loop's number. */
  private TcpServer open(EventLoop loop, SocketAddress address) {
    TcpServer server =
        Tcp.server(loop, address)
            .onConnect(socket -> served.merge(loop.number(), 1, Integer::sum))
            .onRead((socket, data) -> {
              assertThat(socket.loop()).isSameAs(loop).isSameAs(EventLoop.current());
              socket.write(Integer.toString(loop.number()));
            })
            .onEvent(Loopback.ignored())
            .open();
    ports.add(server.port());
    return server;
  }

  private static InetSocketAddress anyPort() {
    return loopback(0);
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(Loopback.ADDRESS), port);
  }

  /** So many clients on this loop, each of which asks once; {@code last} runs after the last. */
  private void ask(EventLoop loop, SocketAddress address, int clients, Runnable last) {
    AtomicInteger left = new AtomicInteger(clients);
    for (int i = 0; i < clients; i++) {
      Tcp.connect(loop, address)
          .data("?")
          .onRead((socket, data) -> {
            answers.incrementAndGet();
            socket.close();
          })
          .onClose(() -> {
            if (left.decrementAndGet() == 0) {
              last.run();
            }
          })
          .open();
    }
  }

  private static void closeAll(EventLoop loop) {
    loop.group().execute(EventLoop::closeAll);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, SECONDS)).as("in time").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs {@code last} on the loop that opens last. */
  private void whenAllAreOpen(EventLoop loop, Runnable last) {
    if (toOpen.incrementAndGet() == loop.group().size()) {
      last.run();
    }
  }

  /** Opens on loop 0 first, which so is the one that accepts where one accepts for all. */
  private final CountDownLatch firstIsOpen = new CountDownLatch(1);

  private TcpServer openInOrder(EventLoop loop) {
    if (loop.number() > 0) {
      await(firstIsOpen);
    }
    TcpServer server = open(loop, anyPort());
    firstIsOpen.countDown();
    return server;
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void connections_spread_over_all_loops_and_stay_with_them(PollerProvider poller) {
    Map<Integer, Thread> threads = new ConcurrentHashMap<>();
    AtomicReference<Boolean> shares = new AtomicReference<>(false);
    PollerProvider seen =
        ForwardingPoller.provider(
            poller,
            real -> {
              shares.set(real.sharesAddresses());
              return real;
            });
    Loops.run(
        EventLoop.setup().poller(seen).loops(4),
        loop -> {
          threads.put(loop.number(), Thread.currentThread());
          TcpServer server = open(loop, anyPort());
          whenAllAreOpen(loop, () -> ask(loop, server.localAddress(), 64, () -> closeAll(loop)));
        });
    assertThat(answers).hasValue(64);
    assertThat(served).containsOnlyKeys(0, 1, 2, 3);
    assertThat(served.values().stream().mapToInt(n -> n).sum()).isEqualTo(64);
    if (!shares.get()) {
      assertThat(served.values()).containsOnly(16);
    }
    assertThat(threads.get(0)).isSameAs(Thread.currentThread());
    assertThat(threads.get(3).getName()).isEqualTo("ferrule-loop-3");
    assertThat(threads.get(3).isDaemon()).isEqualTo(Thread.currentThread().isDaemon());
    assertThat(threads.get(3).isAlive()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void the_nth_free_port_is_the_same_on_all_loops(PollerProvider poller) {
    Queue<List<Integer>> seen = new ConcurrentLinkedQueue<>();
    Loops.run(
        EventLoop.setup().poller(poller).loops(3),
        loop -> {
          seen.add(List.of(open(loop, anyPort()).port(), open(loop, anyPort()).port()));
          whenAllAreOpen(loop, () -> closeAll(loop));
        });
    assertThat(seen).hasSize(3);
    assertThat(Set.copyOf(seen)).hasSize(1);
    assertThat(ports).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void a_port_that_was_given_is_joined_by_other_loops_and_refused_to_the_same(PollerProvider poller)
      throws IOException {
    SocketAddress address;
    try (ServerSocket free = new ServerSocket(0, 1, anyPort().getAddress())) {
      address = free.getLocalSocketAddress();
    }
    Loops.run(
        EventLoop.setup().poller(poller).loops(2),
        loop -> {
          open(loop, address);
          assertThatThrownBy(() -> open(loop, address)).isInstanceOf(AddressInUse.class);
          whenAllAreOpen(loop, () -> ask(loop, address, 4, () -> closeAll(loop)));
        });
    assertThat(answers).hasValue(4);
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void wildcards_ipv6_and_unix_domain_addresses_are_served_by_all(
      PollerProvider poller, @TempDir Path folder) {
    Path file = folder.resolve("s");
    boolean ipv6 = hasIpv6();
    Loops.run(
        EventLoop.setup().poller(poller).loops(2),
        loop -> {
          int wildcard = open(loop, new InetSocketAddress(0)).port();
          open(loop, UnixDomainSocketAddress.of(file));
          SocketAddress six =
              ipv6
                  ? open(loop, new InetSocketAddress(InetAddress.ofLiteral("::1"), 0))
                      .localAddress()
                  : loopback(wildcard);
          whenAllAreOpen(
              loop,
              () ->
                  ask(
                      loop,
                      loopback(wildcard),
                      6,
                      () ->
                          ask(
                              loop,
                              UnixDomainSocketAddress.of(file),
                              6,
                              () -> ask(loop, six, 6, () -> closeAll(loop)))));
        });
    assertThat(answers).hasValue(18);
    assertThat(served.get(0)).isGreaterThanOrEqualTo(3);
    assertThat(served.get(1)).isGreaterThanOrEqualTo(3);
    assertThat(file).doesNotExist();
  }

  private static boolean hasIpv6() {
    try (ServerSocket six = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      return six.isBound();
    } catch (IOException e) {
      return false;
    }
  }

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

  @ParameterizedTest
  @MethodSource("pollers")
  void an_address_that_a_stranger_has_is_in_use(PollerProvider poller) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, anyPort().getAddress())) {
      assertThatThrownBy(() ->
              Loops.runUntilExit(
                  EventLoop.setup().poller(poller).loops(3),
                  loop -> open(loop, taken.getLocalSocketAddress())))
          .isInstanceOf(AddressInUse.class);
    }
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void an_address_that_another_group_has_is_in_use(PollerProvider poller) {
    CountDownLatch done = new CountDownLatch(1);
    Loops.runUntilExit(
        EventLoop.setup().poller(poller).loops(2),
        loop -> {
          TcpServer server = open(loop, anyPort());
          whenAllAreOpen(
              loop,
              () -> {
                AtomicReference<Throwable> thrown = new AtomicReference<>();
                Thread other =
                    Thread.ofPlatform()
                        .start(() -> {
                          try {
                            EventLoop.setup()
                                .poller(poller)
                                .loops(2)
                                .run(own -> open(own, server.localAddress()));
                          } catch (Throwable e) {
                            thrown.set(e);
                          }
                          done.countDown();
                        });
                await(done);
                assertThat(other.isDaemon()).isFalse();
                assertThat(thrown.get()).isInstanceOf(AddressInUse.class);
                loop.group().execute(EventLoop::exit);
              });
        });
  }

  @Test
  void a_loop_that_cannot_be_opened_ends_the_others_before_they_begin() {
    AtomicInteger opened = new AtomicInteger();
    AtomicInteger mains = new AtomicInteger();
    PollerProvider third =
        ForwardingPoller.provider(
            EventLoop.setup().chosen(),
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

  @ParameterizedTest
  @MethodSource("pollers")
  void a_close_on_one_loop_leaves_the_others_serving(PollerProvider poller) {
    Loops.run(
        EventLoop.setup().poller(poller).loops(3),
        loop -> {
          TcpServer server = openInOrder(loop);
          whenAllAreOpen(loop, () -> closeOne(loop, server.localAddress()));
          if (loop.number() == 0) {
            loop.onExit(() -> assertThat(server.isClosed()).isTrue());
            server.attach("first");
          }
          servers.put(loop.number(), server);
        });
    assertThat(answers).hasValue(12);
    assertThat(served).containsOnlyKeys(1, 2);
  }

  private final Map<Integer, TcpServer> servers = new ConcurrentHashMap<>();

  private void closeOne(EventLoop loop, SocketAddress address) {
    loop.group()
        .execute(each -> {
          if (each.number() == 0) {
            servers.get(0).close();
            loop.execute(() -> ask(loop, address, 12, () -> closeAll(loop)));
          }
        });
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void when_the_first_loop_exits_the_others_serve_on(PollerProvider poller) {
    Loops.runUntilExit(
        EventLoop.setup().poller(poller).loops(3),
        loop -> {
          TcpServer server = openInOrder(loop);
          if (loop.number() == 0) {
            loop.notifier(() -> {});
          }
          if (loop.number() == 2) {
            loop.notifier(
                () -> {}); // it has to be there for the test, whatever becomes of the server
          }
          whenAllAreOpen(
              loop,
              () ->
                  loop.group()
                      .execute(each -> {
                        if (each.number() == 0) {
                          each.onExit(() ->
                              later(
                                  each.group(), 2, two -> untilServed(two, server.localAddress())));
                          each.exit();
                        }
                      }));
        });
    assertThat(answers).hasValue(1);
    assertThat(served).doesNotContainKey(0);
  }

  private static void later(LoopGroup group, int number, Consumer<EventLoop> action) {
    group.execute(each -> {
      if (each.number() == number) {
        action.accept(each);
      }
    });
  }

  /** Between the old listener and the new there may be none for a moment, or one that goes. */
  private void untilServed(EventLoop loop, SocketAddress address) {
    Tcp.connect(loop, address)
        .data("?")
        .onRead((socket, data) -> {
          answers.incrementAndGet();
          loop.group().execute(EventLoop::exit);
        })
        .onEvent(event -> loop.execute(() -> untilServed(loop, address)))
        .open();
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void the_last_to_close_ends_listening_and_may_open_again_at_once(PollerProvider poller) {
    Loops.run(
        EventLoop.setup().poller(poller).loops(2),
        loop -> {
          TcpServer server = openInOrder(loop);
          servers.put(loop.number(), server);
          whenAllAreOpen(
              loop,
              () ->
                  loop.group()
                      .execute(each -> {
                        if (each.number() == 0) {
                          servers.get(0).close();
                          later(each.group(), 1, this::closeAndOpenAgain);
                        }
                      }));
        });
    assertThat(answers).hasValue(2);
    assertThat(served).containsOnlyKeys(1);
  }

  private void closeAndOpenAgain(EventLoop loop) {
    SocketAddress address = servers.get(1).localAddress();
    servers.get(1).close();
    TcpServer again = open(loop, address);
    ask(
        loop,
        address,
        2,
        () -> {
          again.close();
          untilRefused(loop, address);
        });
  }

  /** The listener goes with the last server, if on another loop's thread. */
  private static void untilRefused(EventLoop loop, SocketAddress address) {
    Tcp.connect(loop, address)
        .onEvent(event -> {
          if (!(event instanceof TcpRefused)) {
            loop.execute(() -> untilRefused(loop, address));
          }
        })
        .open();
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
