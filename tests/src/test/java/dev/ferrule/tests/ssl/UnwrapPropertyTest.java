package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.testkit.RandomConditions;
import dev.ferrule.testkit.SimulatedLink;
import dev.ferrule.testkit.SimulatedNetwork;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Connections that become encrypted and plain again several times, over links that split and stall
 * as they like: every byte arrives, in order, and on the socket of its kind.
 */
class UnwrapPropertyTest {
  private static final int RUNS = 120;

  @Test
  void every_byte_arrives_in_order_on_the_socket_of_its_kind() {
    long first = Long.getLong("dev.ferrule.seed", 1);
    for (long seed = first; seed < first + RUNS; seed++) {
      try {
        run(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("with -Ddev.ferrule.seed=" + seed, e);
      }
    }
  }

  private static void run(long seed) {
    Random random = new Random(seed);
    int phases = 1 + 2 * (1 + random.nextInt(3));
    Turns turns = new Turns(random, phases);
    Talker client = new Talker(turns, true, random.nextLong());
    Talker server = new Talker(turns, false, random.nextLong());
    long links = random.nextLong();
    SimulatedNetwork network =
        new SimulatedNetwork(links, end -> new RandomConditions(links + end));
    network
        .setup()
        .run(loop -> {
          AtomicReference<TcpServer> own = new AtomicReference<>();
          TcpServer listening =
              Tcp.server(loop, "127.0.0.1", 0)
                  .onConnect(socket -> {
                    own.get().close();
                    server.isPlain(socket);
                  })
                  .onRead(server::read)
                  .onEvent(server::event)
                  .open();
          own.set(listening);
          Tcp.connect(loop, "127.0.0.1", listening.port())
              .onConnect(client::isPlain)
              .onRead(client::read)
              .onEvent(client::event)
              .open();
        });
    client.assertWhole();
    server.assertWhole();
    assertThat(network.links()).allMatch(SimulatedLink::isClosed);
  }
}
