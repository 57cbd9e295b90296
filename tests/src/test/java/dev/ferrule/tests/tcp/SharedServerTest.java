package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopGroup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.event.AddressInUse;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.ForwardingPoller;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers of several loops, over pollers that share addresses and over those that do not. */
class SharedServerTest extends LoopGroupRig {
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
    SocketAddress address = new InetSocketAddress(anyPort().getAddress(), Ports.free());
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
}
