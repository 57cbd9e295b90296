package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.Relay;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpReset;
import dev.ferrule.testkit.NetworkConditions;
import dev.ferrule.testkit.RandomConditions;
import dev.ferrule.testkit.SimulatedLink;
import dev.ferrule.testkit.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A client and a server with a relay between them, on a simulated network that clogs at any byte. A
 * relay that would wait for ever fails at once.
 */
@Tag("once")
class RelayTest {
  private static final long SEED = Long.getLong("dev.ferrule.relay.seed", System.nanoTime());
  private static final int PROGRAMS = Integer.getInteger("dev.ferrule.relay.programs", 1_000);

  /** One end: sends numbered bytes, checks those that arrive, notes how the other side ended. */
  private static final class End {
    final List<String> heard = new ArrayList<>();
    TcpSocket socket;
    long toSend;
    long sent;
    long received;
    boolean ended; // its own output
    boolean gone;

    private static byte pattern(long at) {
      return (byte) ((at * 31) >> 3);
    }

    void opened(TcpSocket opened) {
      socket = opened;
      socket.onRead((s, data) -> {
        while (data.hasRemaining()) {
          assertThat(data.get()).as("byte %d", received).isEqualTo(pattern(received++));
        }
      });
      socket.onEvent(event -> heard.add(event.getClass().getSimpleName()));
      socket.onClose(() -> gone = true);
      socket.onDrain(drained -> send());
    }

    void send() {
      while (!ended && sent < toSend && !socket.isClosed()) {
        byte[] some = new byte[(int) Math.min(toSend - sent, 5_000)];
        for (int i = 0; i < some.length; i++) {
          some[i] = pattern(sent++);
        }
        if (!socket.write(some)) {
          return;
        }
      }
      if (!ended && !socket.isClosed()) {
        ended = true;
        socket.shutdownOutput();
      }
    }
  }

  private final End client = new End();
  private final End server = new End();
  private Relay relay;
  private TcpSocket first;
  private TcpSocket second;

  /** Both ends are connected, through a relay. */
  private void run(SimulatedNetwork network, BiConsumer<EventLoop, Random> program, long seed) {
    network
        .setup()
        .run(loop -> {
          TcpServer[] servers = new TcpServer[2];
          servers[0] =
              Tcp.server(loop, "127.0.0.1", 0)
                  .halfOpen()
                  .onConnect(socket -> {
                    servers[0].close();
                    server.opened(socket);
                    program.accept(loop, new Random(seed));
                  })
                  .open();
          servers[1] =
              Tcp.server(loop, "127.0.0.1", 0)
                  .onConnect(socket -> {
                    servers[1].close();
                    first = socket;
                    second = Tcp.connect(loop, "127.0.0.1", servers[0].port()).open();
                    relay = Tcp.relay(first, second);
                  })
                  .open();
          client.opened(Tcp.connect(loop, "127.0.0.1", servers[1].port()).halfOpen().open());
        });
  }

  @Test
  void random_programs_lose_nothing_and_pass_on_each_end() {
    Random seeds = new Random(SEED);
    for (int i = 0; i < PROGRAMS; i++) {
      long seed = seeds.nextLong();
      try {
        new RelayTest().random(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("-Ddev.ferrule.relay.seed=" + SEED + ", program " + i, e);
      }
    }
  }

  private void random(long seed) {
    Random random = new Random(seed);
    boolean cuts = random.nextInt(3) == 0;
    End[] cut = new End[1];
    SimulatedNetwork network = new SimulatedNetwork(seed, end -> new RandomConditions(seed + end));
    run(
        network,
        (loop, choices) -> {
          int narrowest =
              network.links().stream().mapToInt(SimulatedLink::capacity).min().orElseThrow();
          for (End end : List.of(client, server)) {
            end.toSend = choices.nextInt(Math.min(300_000, narrowest * 200));
            loop.delay(Duration.ofMillis(choices.nextInt(20)), end::send);
            loop.delay(Duration.ofMillis(choices.nextInt(20)), end.socket::disableReading);
            loop.delay(Duration.ofMillis(20 + choices.nextInt(20)), end.socket::enableReading);
          }
          if (cuts) {
            End end = choices.nextBoolean() ? client : server;
            loop.delay(
                Duration.ofMillis(choices.nextInt(60)),
                () -> {
                  cut[0] = end.gone ? null : end;
                  end.socket.abort();
                });
          }
        },
        seed);
    assertThat(relay.isEnded()).isTrue();
    assertThat(client.received).isLessThanOrEqualTo(server.sent);
    assertThat(server.received).isLessThanOrEqualTo(client.sent);
    if (cut[0] == null) {
      assertThat(relay.failure()).isNull();
      assertThat(client.heard).containsExactly("TcpEof");
      assertThat(server.heard).containsExactly("TcpEof");
      assertThat(relay.bytesFromFirst()).isEqualTo(client.toSend).isEqualTo(server.received);
      assertThat(relay.bytesFromSecond()).isEqualTo(server.toSend).isEqualTo(client.received);
    } else if (relay.failure() != null) {
      End other = cut[0] == client ? server : client;
      if (!other.heard.contains("TcpReset")) { // then it had all, and waited for nothing
        assertThat(other.heard).containsExactly("TcpEof");
        assertThat(cut[0].ended).isTrue();
        assertThat(other.received).isEqualTo(cut[0].toSend);
      }
    }
  }

  @Test
  void a_peer_that_does_not_read_holds_off_the_other() {
    SimulatedNetwork network = SimulatedNetwork.of(NetworkConditions.holding(4_096));
    client.toSend = 5_000_000;
    long[] most = new long[1];
    run(
        network,
        (loop, choices) -> {
          server.socket.disableReading();
          client.send();
          loop.delay(
              Duration.ofSeconds(1),
              () -> {
                most[0] = second.queued();
                server.socket.enableReading();
                server.send();
              });
        },
        0);
    assertThat(most[0]).isBetween(200_000L, 600_000L);
    assertThat(server.received).isEqualTo(5_000_000);
    assertThat(relay.failure()).isNull();
  }

  @Test
  void one_direction_ends_and_the_other_goes_on() {
    client.toSend = 10;
    server.toSend = 100_000;
    run(
        SimulatedNetwork.of(NetworkConditions.holding(4_096)),
        (loop, choices) -> {
          client.send();
          loop.delay(Duration.ofSeconds(2), server::send);
        },
        0);
    assertThat(server.heard).containsExactly(TcpEof.class.getSimpleName());
    assertThat(client.received).isEqualTo(100_000);
    assertThat(relay.failure()).isNull();
  }

  @Test
  void a_cut_is_passed_on_as_a_cut_behind_what_was_received() {
    run(
        SimulatedNetwork.of(NetworkConditions.holding(400_000)),
        (loop, choices) -> {
          client.socket.write(new byte[1]);
          loop.delay(Duration.ofSeconds(1), client.socket::abort);
        },
        0);
    assertThat(server.received).isEqualTo(1);
    assertThat(server.heard).containsExactly(TcpReset.class.getSimpleName());
    assertThat(relay.failure()).isInstanceOf(TcpReset.class);
    assertThat(relay.bytesFromFirst()).isEqualTo(1);
  }

  @Test
  void a_connection_that_is_refused_cuts_the_other() {
    List<String> heard = new ArrayList<>();
    Relay[] made = new Relay[1];
    int[] ends = new int[1];
    SimulatedNetwork.of(NetworkConditions.holding(4_096))
        .setup()
        .run(loop -> {
          TcpServer[] servers = new TcpServer[1];
          servers[0] =
              Tcp.server(loop, "127.0.0.1", 0)
                  .onConnect(socket -> {
                    servers[0].close();
                    int nobody = servers[0].port();
                    loop.delay(
                        Duration.ofMillis(1),
                        () ->
                            made[0] =
                                Tcp.relay(socket, Tcp.connect(loop, "127.0.0.1", nobody).open())
                                    .onEnd(relay -> ends[0]++));
                  })
                  .open();
          Tcp.connect(loop, "127.0.0.1", servers[0].port())
              .onRead((s, data) -> {})
              .onEvent(event -> heard.add(event.getClass().getSimpleName()))
              .open();
        });
    assertThat(made[0].failure()).isInstanceOf(TcpRefused.class);
    assertThat(heard).containsExactly("TcpReset");
    assertThat(ends[0]).isEqualTo(1);
  }

  @Test
  void a_socket_that_has_gone_before_the_relay_begins_ends_the_other() {
    List<String> heard = new ArrayList<>();
    SimulatedNetwork.of(NetworkConditions.holding(4_096))
        .setup()
        .run(loop -> {
          TcpServer server = Tcp.server(loop, "127.0.0.1", 0).onEvent(event -> {}).open();
          TcpSocket gone = Tcp.connect(loop, "127.0.0.1", server.port()).open();
          TcpSocket there =
              Tcp.connect(loop, "127.0.0.1", server.port())
                  .onClose(() -> heard.add("there closed"))
                  .open();
          gone.abort();
          loop.delay(
              Duration.ofSeconds(1),
              () -> {
                server.close();
                Tcp.relay(gone, there).onEnd(relay -> heard.add("ended"));
              });
        });
    assertThat(heard).containsExactly("there closed", "ended");
  }

  @Test
  void a_relay_of_two_sockets_that_have_gone_ends_too() {
    List<String> heard = new ArrayList<>();
    SimulatedNetwork.of(NetworkConditions.holding(4_096))
        .setup()
        .run(loop -> {
          TcpServer server = Tcp.server(loop, "127.0.0.1", 0).onEvent(event -> {}).open();
          TcpSocket first = Tcp.connect(loop, "127.0.0.1", server.port()).open();
          TcpSocket second = Tcp.connect(loop, "127.0.0.1", server.port()).open();
          first.abort();
          second.abort();
          loop.delay(
              Duration.ofSeconds(1),
              () -> {
                server.close();
                Tcp.relay(first, second).onEnd(relay -> heard.add("ended"));
                heard.add("begun");
              });
        });
    assertThat(heard).containsExactly("begun", "ended");
  }

  @Test
  void closing_one_socket_closes_the_other_behind_what_waits() {
    client.toSend = 50_000;
    run(
        SimulatedNetwork.of(NetworkConditions.holding(4_096)),
        (loop, choices) -> {
          client.send();
          loop.delay(Duration.ofSeconds(1), first::close);
          loop.delay(Duration.ofSeconds(2), server::send);
        },
        0);
    assertThat(server.received).isEqualTo(50_000);
    assertThat(server.heard).containsExactly("TcpEof");
    assertThat(relay.failure()).isNull();
  }

  @Test
  void callbacks_for_events_and_the_end_may_be_set_before_and_after() {
    List<String> heard = new ArrayList<>();
    client.toSend = 10;
    run(
        SimulatedNetwork.of(NetworkConditions.holding(4_096)),
        (loop, choices) ->
            loop.delay(
                Duration.ofSeconds(1),
                () -> {
                  first.onEvent(event -> heard.add(event.getClass().getSimpleName()));
                  first.onClose(() -> heard.add("closed"));
                  client.send();
                  server.send();
                }),
        0);
    assertThat(heard).containsExactly("TcpEof", "closed");
    assertThat(server.heard).containsExactly("TcpEof");
    assertThat(relay.isEnded()).isTrue();
  }

  @Test
  void a_socket_is_not_relayed_to_itself() {
    SimulatedNetwork.of(NetworkConditions.holding(4_096))
        .setup()
        .run(loop -> {
          TcpServer server = Tcp.server(loop, "127.0.0.1", 0).open();
          TcpSocket socket = Tcp.connect(loop, "127.0.0.1", server.port()).open();
          assertThatThrownBy(() -> Tcp.relay(socket, socket))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("itself");
          socket.abort();
          server.close();
        });
  }
}
