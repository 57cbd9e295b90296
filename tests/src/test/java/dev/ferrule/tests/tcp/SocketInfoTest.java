package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.SocketInfo;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plain socket tells of itself. */
class SocketInfoTest {
  private static final boolean EPOLL =
      !"nio".equals(System.getProperty("dev.ferrule.poller", "nio"));

  private TcpSocket client;
  private TcpSocket served;
  private SocketInfo last;

  @Test
  void bytes_are_counted_both_ways_and_stay_when_it_is_closed() {
    Loops.run(loop -> exchange(loop, Loopback.server(loop), null));
    for (SocketInfo info : new SocketInfo[] {last, client.info()}) {
      assertThat(info.sent()).isEqualTo(5);
      assertThat(info.dataSent()).isEqualTo(5);
      assertThat(info.received()).isEqualTo(7);
      assertThat(info.dataReceived()).isEqualTo(7);
      assertThat(info.recordsReceived()).isEmpty();
      assertThat(info.recordsSent()).isEmpty();
      assertThat(info.queued()).isZero();
      assertThat(info.path()).as("of a released socket").isEmpty();
    }
    assertThat(served.info().sent()).isEqualTo(7);
    assertThat(served.info().received()).isEqualTo(5);
  }

  @Test
  void a_unix_domain_socket_counts_too_and_has_no_path(@TempDir Path folder) {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    Loops.run(loop -> exchange(loop, Tcp.server(loop, address), address));
    assertThat(client.info().sent()).isEqualTo(5);
    assertThat(client.info().received()).isEqualTo(7);
    assertThat(open.path()).isEmpty();
  }

  @Test
  void the_system_tells_of_the_path_where_the_poller_can_ask() {
    Loops.run(loop -> exchange(loop, Loopback.server(loop), null));
    assertThat(open.path().isPresent()).isEqualTo(EPOLL);
    open.path()
        .ifPresent(path -> {
          assertThat(path.roundTrip()).isPositive().isLessThan(Duration.ofSeconds(5));
          assertThat(path.roundTripVariance().isNegative()).isFalse();
          assertThat(path.congestionWindow()).isPositive();
          assertThat(path.segment()).isBetween(500, 70_000);
          assertThat(path.retransmitted()).isZero();
          assertThat(path.unacknowledged()).isNotNegative();
        });
  }

  private SocketInfo open;

  /** The client says hello, is answered, and both close. */
  private void exchange(EventLoop loop, Tcp.Server setup, UnixDomainSocketAddress address) {
    AtomicReference<TcpServer> server = new AtomicReference<>();
    server.set(
        setup
            .onConnect(socket -> served = socket)
            .onRead((socket, data) -> {
              assertThat(Loopback.text(data)).isEqualTo("hello");
              socket.write("goodbye");
            })
            .open());
    Tcp.Client connect =
        address == null
            ? Loopback.client(loop, server.get())
            : Tcp.connect(loop, address).onClose(() -> server.get().close());
    client =
        connect
            .data("hello")
            .onRead((socket, data) -> {
              assertThat(Loopback.text(data)).isEqualTo("goodbye");
              open = socket.info();
              socket.close();
            })
            .onClose(socket -> {
              last = socket.info();
              server.get().close();
            })
            .open();
  }

  @Test
  void times_are_told_by_the_loops_clock_and_stand_still_at_the_end() {
    ManualClock clock = new ManualClock();
    Loops.run(
        clock.setup(),
        loop -> {
          TcpServer server = Loopback.echo(loop);
          client =
              Loopback.client(loop, server)
                  .onConnect(socket -> clock.advance(Duration.ofSeconds(1)))
                  .onRead((socket, data) -> {
                    data.position(data.limit());
                    loop.delay(Duration.ofSeconds(40), () -> asked(socket, clock));
                  })
                  .data("hello")
                  .open();
        });
    SocketInfo ended = client.info();
    clock.advance(Duration.ofHours(1));
    assertThat(client.info()).isEqualTo(ended);
  }

  private static void asked(TcpSocket socket, ManualClock clock) {
    SocketInfo info = socket.info();
    assertThat(info.sinceRead()).isEqualTo(Duration.ofSeconds(40));
    assertThat(info.sinceWrite()).isEqualTo(Duration.ofSeconds(40));
    assertThat(info.open()).isEqualTo(Duration.ofSeconds(41));
    socket.readTimeout(Duration.ofMinutes(5));
    assertThat(socket.info().sinceRead()).as("no traffic").isEqualTo(Duration.ofSeconds(40));
    socket.write("once more");
    clock.advance(Duration.ofSeconds(3));
    assertThat(socket.info().sinceRead()).isEqualTo(Duration.ofSeconds(43));
    socket.abort();
  }

  @Test
  void what_was_never_read_or_written_counts_from_the_opening() {
    ManualClock clock = new ManualClock();
    Loops.run(
        clock.setup(),
        loop -> {
          TcpServer server = Loopback.sink(loop);
          TcpSocket socket = Loopback.client(loop, server).open();
          assertThat(socket.info().received()).as("before it is connected").isZero();
          assertThat(socket.info().path()).isEmpty();
          loop.delay(
              Duration.ofSeconds(9),
              () -> {
                SocketInfo info = socket.info();
                assertThat(info.sinceRead())
                    .isEqualTo(Duration.ofSeconds(9))
                    .isEqualTo(info.open());
                assertThat(info.sinceWrite()).isEqualTo(Duration.ofSeconds(9));
                socket.close();
              });
        });
  }

  @Test
  void what_waits_on_either_side_is_told() {
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(
              loop,
              socket -> {
                socket.disableWriting();
                socket.write("waits");
                assertThat(socket.info().queued()).isEqualTo(5);
                assertThat(socket.info().dataSent()).isZero();
                socket.enableWriting();
              });
      Loopback.client(loop, server)
          .onStream((socket, stream) -> {
            assertThat(socket.info().unread()).isEqualTo(5);
            assertThat(socket.info().dataReceived()).isEqualTo(5);
            socket.abort();
          })
          .open();
    });
  }

  @Test
  void bytes_that_were_lost_are_not_counted() {
    Loops.run(loop -> {
      TcpServer server = Loopback.sink(loop);
      client =
          Loopback.client(loop, server)
              .onConnect(socket -> {
                socket.write("sent");
                socket.disableWriting();
                socket.write("lost");
                assertThat(socket.info().queued()).isEqualTo(8);
                socket.abort();
              })
              .open();
    });
    assertThat(client.info().dataSent()).isEqualTo(4);
    assertThat(client.info().queued()).isZero();
  }

  @Test
  void a_socket_that_was_wrapped_goes_on_counting() {
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop)
              .onRead((socket, data) -> {
                data.position(data.limit());
                socket.write("GO");
                new Masked.Setup(socket).waiting().onRead(TcpSocket::write).open();
              })
              .onEvent(Loopback.ignored())
              .open();
      Loopback.client(loop, server)
          .data("START")
          .onRead((socket, data) -> {
            data.position(data.limit());
            client = new Masked.Setup(socket).onRead((same, all) -> same.close()).open();
            client.write("masked");
            assertThatThrownBy(socket::info).isInstanceOf(IllegalStateException.class);
          })
          .open();
    });
    assertThat(client.info().dataSent()).isEqualTo("START".length() + "masked".length());
    assertThat(client.info().dataReceived()).isEqualTo("GO".length() + "masked".length());
    assertThat(client.info().sent()).isGreaterThan(client.info().dataSent() - 1);
  }

  @Test
  void another_thread_is_refused_while_it_is_open() {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Loops.run(loop -> {
      TcpServer server = Loopback.sink(loop);
      Loopback.client(loop, server)
          .onConnect(socket -> {
            Thread other =
                Thread.ofPlatform()
                    .start(() -> {
                      try {
                        socket.info();
                      } catch (WrongThreadException e) {
                        thrown.set(e);
                      }
                    });
            try {
              other.join();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            socket.close();
          })
          .open();
    });
    assertThat(thrown.get()).isInstanceOf(WrongThreadException.class);
  }
}
