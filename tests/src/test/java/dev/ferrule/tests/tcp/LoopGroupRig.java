package dev.ferrule.tests.tcp;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.nio.SharingPoller;
import dev.ferrule.spi.PollerProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Servers of the loops of a group, clients that ask them, and what was seen. */
class LoopGroupRig {
  final Map<Integer, Integer> served = new ConcurrentHashMap<>(); // connections by loop
  final Set<Integer> ports = new ConcurrentSkipListSet<>();
  final AtomicInteger toOpen = new AtomicInteger();
  final AtomicInteger answers = new AtomicInteger();

  static Stream<Named<PollerProvider>> pollers() {
    Stream<PollerProvider> real = LoopSetup.pollers().stream().filter(p -> p.unavailable() == null);
    Stream<Named<PollerProvider>> all = real.map(p -> named(p.name(), p));
    return SharingPoller.works()
        ? Stream.concat(all, Stream.of(named("nio sharing", SharingPoller.provider())))
        : all;
  }

  /** A server of {@code loop} that answers with the loop's number. */
  TcpServer open(EventLoop loop, SocketAddress address) {
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

  static InetSocketAddress anyPort() {
    return loopback(0);
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(Loopback.ADDRESS), port);
  }

  /** So many clients on this loop, each of which asks once; {@code last} runs after the last. */
  void ask(EventLoop loop, SocketAddress address, int clients, Runnable last) {
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

  static void closeAll(EventLoop loop) {
    loop.group().execute(EventLoop::closeAll);
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, SECONDS)).as("in time").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs {@code last} on the loop that opens last. */
  void whenAllAreOpen(EventLoop loop, Runnable last) {
    if (toOpen.incrementAndGet() == loop.group().size()) {
      last.run();
    }
  }

  /** Opens on loop 0 first, which so is the one that accepts where one accepts for all. */
  final CountDownLatch firstIsOpen = new CountDownLatch(1);

  TcpServer openInOrder(EventLoop loop) {
    if (loop.number() > 0) {
      await(firstIsOpen);
    }
    TcpServer server = open(loop, anyPort());
    firstIsOpen.countDown();
    return server;
  }

  final Map<Integer, TcpServer> servers = new ConcurrentHashMap<>();
}
