package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.event.AddressInUse;
import dev.ferrule.event.TcpBindError;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers on sockets that listen already, as another process hands them over. */
class GivenSocketsTest extends LoopGroupRig {
  private static final int HAND_OVERS = 10;
  private static final int CLIENTS = 4;

  private static boolean adopts(PollerProvider poller) throws IOException {
    try (var opened = poller.open()) {
      return opened.adopts();
    }
  }

  /** A group of loops as a process would have it: serving until it is told that another does. */
  private static final class Generation {
    final AtomicReference<TcpServer> server = new AtomicReference<>();
    final CountDownLatch listens;
    final Map<EventLoop, TcpServer> servers = new ConcurrentHashMap<>();
    final Thread thread;

    Generation(PollerProvider poller, int loops, SocketAddress address, List<Integer> descriptors) {
      listens = new CountDownLatch(loops);
      thread =
          new Thread(() ->
              EventLoop.setup()
                  .poller(poller)
                  .loops(loops)
                  .run(each -> serve(each, address, descriptors)));
      thread.start();
      await(listens);
    }

    private void serve(EventLoop on, SocketAddress address, List<Integer> descriptors) {
      var setup =
          Tcp.server(on, address)
              .onRead((socket, data) -> {
                socket.write(data);
                socket.close();
              })
              .onEvent(Loopback.ignored());
      if (!descriptors.isEmpty()) {
        setup.descriptors(
            descriptors.getFirst(),
            descriptors.stream().skip(1).mapToInt(Integer::intValue).toArray());
      }
      TcpServer opened = setup.open();
      servers.put(on, opened);
      server.set(opened);
      listens.countDown();
    }

    void handedOver() throws InterruptedException {
      servers.forEach((loop, each) -> loop.execute(each::closeHandedOver));
      thread.join();
    }
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void no_client_is_refused_or_cut_across_ten_hand_overs(PollerProvider poller) throws Exception {
    if (!adopts(poller)) {
      return; // which the next test is about
    }
    Generation current = new Generation(poller, 2, anyPort(), List.of());
    SocketAddress address = current.server.get().localAddress();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    AtomicReference<IOException> failure = new AtomicReference<>();
    List<Thread> clients =
        IntStream.range(0, CLIENTS)
            .mapToObj(i ->
                Thread.startVirtualThread(
                    () -> askOnAndOn((InetSocketAddress) address, over, answered, failure)))
            .toList();
    for (int i = 0; i < HAND_OVERS; i++) {
      int before = answered.get();
      while (answered.get() < before + 20 && failure.get() == null) {
        Thread.onSpinWait();
      }
      Generation next =
          new Generation(poller, 1 + i % 3, address, current.server.get().descriptors());
      current.handedOver();
      current = next;
    }
    over.set(true);
    for (Thread client : clients) {
      client.join();
    }
    current.handedOver();
    assertThat(failure.get()).isNull();
    assertThat(answered.get()).isGreaterThanOrEqualTo(20 * HAND_OVERS);
  }

  private static void askOnAndOn(
      InetSocketAddress address,
      AtomicBoolean over,
      AtomicInteger answered,
      AtomicReference<IOException> failure) {
    while (!over.get() && failure.get() == null) {
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        socket.getOutputStream().write(7);
        if (socket.getInputStream().read() != 7 || socket.getInputStream().read() != -1) {
          throw new IOException("no answer");
        }
        answered.incrementAndGet();
      } catch (IOException e) {
        failure.set(e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void a_poller_that_takes_no_descriptors_says_so(PollerProvider poller) throws IOException {
    boolean adopts = adopts(poller);
    Loops.run(
        EventLoop.setup().poller(poller),
        loop -> {
          TcpServer server = open(loop, anyPort());
          assertThat(server.descriptors()).hasSize(adopts ? 1 : 0);
          var setup = Tcp.server(loop, anyPort()).descriptors(0);
          if (adopts) {
            assertThatThrownBy(setup::open)
                .isInstanceOf(TcpBindError.class)
                .hasMessageContaining("descriptor 0 is no socket that listens");
          } else {
            assertThatThrownBy(setup::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("epoll");
          }
          server.close();
          assertThat(server.descriptors()).isEmpty();
        });
    assertThatThrownBy(() -> Loops.run(loop -> Tcp.server(loop, anyPort()).descriptors(3, -1)))
        .hasMessageContaining("-1");
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void the_address_stays_taken_as_long_as_somebody_has_the_socket(PollerProvider poller)
      throws IOException {
    if (!adopts(poller)) {
      return;
    }
    Loops.run(
        EventLoop.setup().poller(poller),
        loop -> {
          TcpServer first = open(loop, anyPort());
          TcpServer second =
              Tcp.server(loop, anyPort())
                  .descriptors(first.descriptors().getFirst())
                  .onRead((socket, data) -> socket.write("second"))
                  .onEvent(Loopback.ignored())
                  .open();
          assertThat(second.port()).isEqualTo(first.port());
          first.closeHandedOver();
          assertThatThrownBy(() -> open(loop, first.localAddress()))
              .isInstanceOf(AddressInUse.class);
          ask(loop, second.localAddress(), 3, second::close);
        });
    assertThat(answers).hasValue(3);
    assertThat(served).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void a_file_of_an_address_is_left_to_the_next(PollerProvider poller, @TempDir Path folder)
      throws IOException {
    if (!adopts(poller)) {
      return;
    }
    Path file = folder.resolve("socket");
    Loops.run(
        EventLoop.setup().poller(poller),
        loop -> {
          TcpServer first = open(loop, UnixDomainSocketAddress.of(file));
          TcpServer second =
              Tcp.server(loop, UnixDomainSocketAddress.of(file))
                  .descriptors(first.descriptors().getFirst())
                  .onRead((socket, data) -> socket.write("second"))
                  .onEvent(Loopback.ignored())
                  .open();
          first.closeHandedOver();
          ask(loop, UnixDomainSocketAddress.of(file), 3, second::close);
        });
    assertThat(answers).hasValue(3);
    assertThat(file).exists();
    Files.delete(file);
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void the_loops_of_a_group_are_given_the_same(PollerProvider poller) throws Exception {
    if (!adopts(poller)) {
      return;
    }
    Generation origin = new Generation(poller, 1, anyPort(), List.of());
    int descriptor = origin.server.get().descriptors().getFirst();
    AtomicReference<Throwable> refused = new AtomicReference<>();
    Loops.run(
        EventLoop.setup().poller(poller).loops(2),
        loop -> {
          try {
            if (loop.number() > 0) {
              await(firstIsOpen);
            }
            Tcp.server(loop, loopback(1))
                .descriptors(descriptor, loop.number() == 0 ? new int[0] : new int[] {descriptor})
                .onRead((socket, data) -> {})
                .open();
          } catch (IllegalArgumentException e) {
            refused.set(e);
          } finally {
            firstIsOpen.countDown();
          }
          whenAllAreOpen(loop, () -> closeAll(loop));
        });
    origin.handedOver();
    assertThat(refused.get()).hasMessageContaining("have the same descriptors");
  }
}
