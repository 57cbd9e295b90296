package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.AddressInUse;
import dev.ferrule.event.TcpBindError;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.ForwardingLink;
import dev.ferrule.testkit.ForwardingListener;
import dev.ferrule.testkit.ForwardingPoller;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerTest {
  /** Notes what its links are told of Nagle's algorithm. */
  private static final class Delays extends ForwardingPoller {
    private final List<Boolean> told;

    Delays(Poller real, List<Boolean> told) {
      super(real);
      this.told = told;
    }

    @Override
    public Listener listen(SocketAddress local, int backlog) throws IOException {
      return new ForwardingListener(super.listen(local, backlog)) {
        @Override
        public Link accept() throws IOException {
          Link link = super.accept();
          return link == null
              ? null
              : new ForwardingLink(link) {
                @Override
                public void noDelay(boolean on) throws IOException {
                  told.add(on);
                  super.noDelay(on);
                }
              };
        }
      };
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void each_connection_is_told_whether_to_delay_whatever_its_listener_has(boolean nagle) {
    List<Boolean> told = new ArrayList<>();
    PollerProvider here = Pollers.chosen((String) null);
    Loops.run(
        EventLoop.setup().poller(ForwardingPoller.provider(here, real -> new Delays(real, told))),
        loop -> {
          Tcp.Server setup = Tcp.server(loop, "127.0.0.1", 0);
          if (nagle) {
            setup.nagle();
          }
          TcpServer server = setup.onConnect(socket -> socket.close()).onEvent(event -> {}).open();
          Tcp.connect(loop, "127.0.0.1", server.port()).onEvent(event -> server.close()).open();
        });
    assertThat(told).containsExactly(!nagle);
  }

  private final List<String> log = new ArrayList<>();

  /** Fails to accept a few times, as a process out of descriptors does. */
  private static final class Exhausted extends ForwardingPoller {
    private final LinkException.Kind kind;
    private int failures;

    Exhausted(Poller real, LinkException.Kind kind, int failures) {
      super(real);
      this.kind = kind;
      this.failures = failures;
    }

    @Override
    public Listener listen(SocketAddress local, int backlog) throws IOException {
      return new ForwardingListener(super.listen(local, backlog)) {
        @Override
        public Link accept() throws IOException {
          if (failures-- > 0) {
            throw new LinkException(kind, "Too many open files", null);
          }
          return super.accept();
        }
      };
    }

    static LoopSetup setup(ManualClock clock, LinkException.Kind kind, int failures) {
      return clock.setup(provider ->
          ForwardingPoller.provider(provider, real -> new Exhausted(real, kind, failures)));
    }
  }

  @Test
  void out_of_descriptors_is_told_and_the_server_tries_again_ever_later() {
    ManualClock clock = new ManualClock();
    long start = clock.getAsLong();
    Loops.run(
        Exhausted.setup(clock, LinkException.Kind.OTHER, 3),
        loop -> {
          TcpServer server = Loopback.server(loop).onEvent(Loopback.names(log)).open();
          Loopback.client(loop, server).onConnect(TcpSocket::close).open();
        });
    assertThat(log).startsWith("TcpAcceptError", "TcpAcceptError", "TcpAcceptError", "TcpEof");
    assertThat(clock.since(start).toMillis()).isEqualTo(100 + 200 + 400);
  }

  @Test
  void a_client_that_left_before_its_turn_is_no_reason_to_pause() {
    ManualClock clock = new ManualClock();
    long start = clock.getAsLong();
    Loops.run(
        Exhausted.setup(clock, LinkException.Kind.RESET, 1),
        loop -> {
          TcpServer server = Loopback.server(loop).onEvent(Loopback.names(log)).open();
          Loopback.client(loop, server).onConnect(TcpSocket::close).open();
        });
    assertThat(log).containsExactly("TcpEof");
    assertThat(clock.since(start)).isZero();
  }

  @Test
  void a_server_may_be_closed_in_the_event_of_its_accept_error() {
    Loops.run(
        Exhausted.setup(new ManualClock(), LinkException.Kind.OTHER, 1),
        loop -> {
          TcpServer[] server = new TcpServer[1];
          server[0] =
              Loopback.server(loop)
                  .onEvent(event -> {
                    log.add(event.getClass().getSimpleName());
                    server[0].close();
                  })
                  .open();
          Tcp.connect(loop, "127.0.0.1", server[0].port()).onEvent(e -> {}).open();
        });
    assertThat(log).containsExactly("TcpAcceptError");
  }

  @Test
  void an_address_in_use_is_thrown_by_the_call_as_its_own_type() {
    Loops.run(loop -> {
      TcpServer first = Loopback.sink(loop);
      assertThatThrownBy(() -> Tcp.server(loop, "127.0.0.1", first.port()).open())
          .isInstanceOf(AddressInUse.class)
          .hasMessageContaining("127.0.0.1:" + first.port());
      first.close();
    });
  }

  @Test
  void an_address_of_another_machine_is_a_bind_error() {
    Loops.run(loop ->
        assertThatThrownBy(() -> Tcp.server(loop, "192.0.2.1", 0).open())
            .isInstanceOf(TcpBindError.class)
            .isNotInstanceOf(AddressInUse.class)
            .hasMessageContaining("192.0.2.1"));
  }

  @Test
  void a_closed_server_frees_its_port_at_once_also_inside_a_callback() {
    Loops.run(loop -> {
      TcpServer[] server = new TcpServer[1];
      server[0] =
          Loopback.server(
              loop,
              socket -> {
                int port = server[0].port();
                server[0].close();
                Tcp.server(loop, "127.0.0.1", port).open().close();
                log.add("again on the same port");
                socket.close();
              });
      Tcp.connect(loop, "127.0.0.1", server[0].port()).onEvent(e -> {}).open();
    });
    assertThat(log).containsExactly("again on the same port");
  }

  @Test
  void closing_a_server_is_graceful_and_twice_is_harmless() {
    Loops.run(loop -> {
      TcpServer server = Loopback.echo(loop);
      Tcp.connect(loop, "127.0.0.1", server.port())
          .onConnect(s -> s.write("still there"))
          .onRead((s, data) -> {
            server.close();
            server.close();
            assertThat(server.isClosed()).isTrue();
            if (log.isEmpty()) {
              s.write("and on");
            } else {
              s.close();
            }
            log.add(Loopback.text(data));
          })
          .open();
    });
    assertThat(log).containsExactly("still there", "and on");
  }

  @Test
  void no_address_is_every_address_and_sockets_know_what_was_attached_to_them() {
    Loops.run(loop -> {
      TcpServer server = Tcp.server(loop, null, 0).backlog(7).onEvent(Loopback.ignored()).open();
      server.attach("mine");
      assertThat(server.attachment()).isEqualTo("mine");
      assertThat(server.port()).isPositive();
      assertThat(server.remoteAddress()).isNull();
      Loopback.client(loop, server).onConnect(TcpSocket::close).open();
      assertThatThrownBy(() -> Tcp.server(loop, null, 0).backlog(-2))
          .isInstanceOf(IllegalArgumentException.class);
    });
  }

  @Test
  void unix_domain_sockets_serve_as_tcp_does(@TempDir Path folder) {
    Path file = folder.resolve("socket");
    Loops.run(loop -> {
      var address = UnixDomainSocketAddress.of(file);
      TcpServer server = Tcp.server(loop, address).onRead(TcpSocket::write).open();
      assertThat(server.port()).isEqualTo(-1);
      assertThat(server.localAddress()).isEqualTo(address);
      Tcp.connect(loop, address)
          .data("over a file")
          .onRead((s, data) -> {
            log.add(Loopback.text(data));
            s.close();
            server.close();
          })
          .open();
    });
    assertThat(log).containsExactly("over a file");
    assertThat(Files.exists(file)).isFalse();
  }

  @Test
  void a_hundred_clients_at_once_are_all_served() {
    Loops.run(loop -> {
      // A backlog for all: one that overflows is asked again only after a second.
      TcpServer server = Loopback.server(loop).backlog(200).onRead(TcpSocket::write).open();
      for (int i = 0; i < 100; i++) {
        String name = "client " + i;
        Tcp.connect(loop, "127.0.0.1", server.port())
            .data(name)
            .onRead((s, data) -> {
              log.add(Loopback.text(data));
              s.close();
              if (log.size() == 100) {
                server.close();
              }
            })
            .open();
      }
    });
    assertThat(log).hasSize(100).doesNotHaveDuplicates();
  }
}
