package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Poller;
import dev.ferrule.testkit.ForwardingLink;
import dev.ferrule.testkit.ForwardingPoller;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import dev.ferrule.testkit.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectTest {
  private final List<String> log = new ArrayList<>();

  /** Connects to nowhere: what was begun is never ready. */
  private static final class Nowhere extends ForwardingPoller {
    Nowhere(Poller real) {
      super(real);
    }

    @Override
    public Link connect(SocketAddress remote) throws IOException {
      return new ForwardingLink(super.connect(remote)) {
        @Override
        public void interest(int ops) {}
      };
    }
  }

  private static LoopSetup nowhere(ManualClock clock) {
    return clock.setup(real -> ForwardingPoller.provider(real, Nowhere::new));
  }

  @Test
  void a_refusal_is_told_after_the_call_returned_and_the_socket_is_closed_by_then() {
    Loops.run(loop -> {
      TcpSocket[] socket = new TcpSocket[1];
      socket[0] =
          Tcp.connect(loop, "127.0.0.1", Ports.refusing())
              .onEvent(event -> {
                assertThat(event).isInstanceOf(TcpRefused.class);
                assertThat(((TcpRefused) event).socket()).isSameAs(socket[0]);
                log.add(socket[0].isClosed() ? "closed" : "open");
              })
              .onClose(() -> log.add("close callback"))
              .open();
    });
    assertThat(log).containsExactly("closed", "close callback");
  }

  @Test
  void a_host_that_never_answers_is_a_timeout() {
    ManualClock clock = new ManualClock();
    long start = clock.getAsLong();
    Loops.run(
        nowhere(clock),
        loop ->
            Tcp.connect(loop, "127.0.0.1", Ports.refusing())
                .connectTimeout(Duration.ofSeconds(7))
                .onEvent(event -> log.add(((TcpTimeout) event).limit() + ""))
                .open());
    assertThat(log).containsExactly("CONNECT");
    assertThat(clock.since(start)).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void several_silent_addresses_have_the_limit_together() {
    ManualClock clock = new ManualClock();
    long start = clock.getAsLong();
    Loops.run(
        nowhere(clock).resolver(host -> NeverThere.TWICE),
        loop ->
            Tcp.connect(loop, "silent.example", NeverThere.PORT)
                .onEvent(Loopback.names(log))
                .open());
    assertThat(log).containsExactly("TcpTimeout");
    assertThat(clock.since(start)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void a_close_while_connecting_says_nothing_but_the_close_callback() {
    Loops.run(
        nowhere(new ManualClock()),
        loop ->
            Tcp.connect(loop, "127.0.0.1", NeverThere.PORT)
                .onConnect(s -> log.add("connected"))
                .onEvent(Loopback.names(log))
                .onClose(() -> log.add("closed"))
                .open()
                .close());
    assertThat(log).containsExactly("closed");
  }

  @Test
  void an_abort_in_the_turn_in_which_the_link_comes_up_wins() {
    Loops.run(loop -> {
      TcpServer server = Loopback.sink(loop);
      TcpSocket socket = Loopback.client(loop, server).onConnect(s -> log.add("connected")).open();
      // The inbox comes before the poll: the attempt begins here, and ends in this same turn.
      loop.execute(socket::abort);
    });
    assertThat(log).isEmpty();
  }

  @Test
  void a_close_with_data_queued_connects_sends_it_and_calls_nobody() {
    Loopback.Text got = new Loopback.Text();
    Loops.run(loop -> {
      TcpServer server = Loopback.server(loop).onRead(got).onEvent(e -> {}).open();
      Loopback.client(loop, server)
          .data("left behind")
          .onConnect(s -> log.add("connected"))
          .onEvent(Loopback.names(log))
          .open()
          .close();
    });
    assertThat(got).hasToString("left behind");
    assertThat(log).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "[::1]", "0:0:0:0:0:0:0:1"})
  void an_error_writes_an_address_and_its_port_as_people_do(String host) {
    List<String> said = new ArrayList<>();
    int port = Ports.free(); // nobody listens there, and there may be no IPv6
    Loops.runInline(
        loop -> Tcp.connect(loop, host, port).onEvent(event -> said.add(event.message())).open());
    assertThat(said).hasSize(1);
    assertThat(said.getFirst()).matches("\\[[0:]*:1\\]:" + port + " .*");
  }

  @Test
  void a_port_out_of_range_is_refused_at_once() {
    Loops.run(loop -> {
      for (int port : new int[] {-1, 65_536, 1 << 20}) {
        assertThatThrownBy(() -> Tcp.connect(loop, "127.0.0.1", port))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("65535");
        assertThatThrownBy(() -> Tcp.server(loop, null, port))
            .isInstanceOf(IllegalArgumentException.class);
      }
    });
  }

  @Test
  void an_address_that_was_never_resolved_is_an_error_that_says_so() {
    Loops.run(
        EventLoop.setup(),
        loop ->
            Tcp.connect(loop, InetSocketAddress.createUnresolved("not.looked.up", 80))
                .onEvent(event -> log.add(event.message()))
                .open());
    assertThat(log).singleElement().asString().contains("not.looked.up:80").contains("resolved");
  }

  @Test
  void addresses_and_attachments_are_there_on_both_sides() {
    Loops.run(loop -> {
      TcpServer server = Loopback.server(loop, s -> log.add(String.valueOf(s.localAddress())));
      TcpSocket socket =
          Loopback.client(loop, server)
              .onConnect(s -> {
                log.add(String.valueOf(s.remoteAddress()));
                assertThat(s.attachment()).isEqualTo("mine");
                assertThat(s.localAddress()).isNotNull();
                s.close();
              })
              .open();
      assertThat(socket.remoteAddress()).isNull();
      socket.attach("mine");
    });
    assertThat(log).hasSize(2);
    assertThat(log.get(0)).isEqualTo(log.get(1));
  }
}
