package dev.ferrule.tests.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.race.ScriptedNetwork.Ended;
import dev.ferrule.tests.race.ScriptedNetwork.ScriptedLink;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random hosts, whose addresses answer, fail or are silent, against a model of RFC 8305. */
@Tag("once")
class RaceModelTest {
  private static final int PORT = 443;
  private static final int RUNS = 1_500;

  /** A host's addresses as they are resolved and as they are to be tried, and what each does. */
  private record Host(
      List<InetAddress> resolved, List<InetSocketAddress> order, Map<SocketAddress, Fate> fates) {
    static Host random(Random random) {
      int most = random.nextInt(8) == 0 ? 40 : 6;
      List<InetAddress> resolved = new ArrayList<>();
      Map<SocketAddress, Fate> fates = new HashMap<>();
      for (int i = 1 + random.nextInt(most); i > 0; i--) {
        InetAddress address =
            InetAddress.ofLiteral((random.nextBoolean() ? "192.0.2." : "2001:db8::") + i);
        resolved.add(address);
        fates.put(new InetSocketAddress(address, PORT), Fate.random(random));
      }
      return new Host(resolved, order(resolved), fates);
    }

    /** The families in turn, that of the first one first. */
    private static List<InetSocketAddress> order(List<InetAddress> resolved) {
      List<InetAddress> rest = new ArrayList<>(resolved);
      List<InetSocketAddress> order = new ArrayList<>();
      Class<?> family = resolved.getFirst().getClass();
      while (!rest.isEmpty()) {
        Class<?> wanted = family;
        InetAddress taken =
            rest.stream().filter(a -> a.getClass() == wanted).findFirst().orElse(rest.getFirst());
        rest.remove(taken);
        order.add(new InetSocketAddress(taken, PORT));
        Class<?> last = taken.getClass();
        family =
            rest.stream().map(Object::getClass).filter(c -> c != last).findFirst().orElse(null);
        family = family == null ? last : family;
      }
      return order;
    }
  }

  @Test
  void the_first_tcp_connection_wins_and_nobody_is_tried_later_than_the_delays_allow() {
    for (long seed = 0; seed < RUNS; seed++) {
      check(seed, false);
    }
  }

  @Test
  void the_first_finished_handshake_wins_where_that_decides() {
    for (long seed = 0; seed < RUNS; seed++) {
      check(seed, true);
    }
  }

  private static void check(long seed, boolean shakes) {
    Random random = new Random(seed);
    Host host = Host.random(random);
    Duration delay = Duration.ofMillis(10 + random.nextInt(600));
    ScriptedNetwork network = new ScriptedNetwork(host.fates);
    List<String> expected = new RaceModel(host.order, host.fates, delay, shakes).run();
    boolean alone = host.order.size() == 1;
    Loops.run(
        network.setup().resolver(name -> host.resolved),
        loop -> {
          ClientSetup<? extends TcpSocket, ?> setup =
              shakes && !alone ? shaking(loop, network) : plain(loop, network);
          setup.data("hello").attemptDelay(delay).onEvent(event -> network.note(word(event)));
          setup.open();
        });
    assertThat(network.trace).as("seed %d, %s", seed, host).isEqualTo(expected);
    assertEnds(seed, network, expected.getLast());
  }

  private static ClientSetup<TcpSocket, ?> plain(EventLoop loop, ScriptedNetwork network) {
    return Tcp.connect(loop, "many.example", PORT)
        .onConnect(socket -> network.note(won(socket.remoteAddress())))
        .onWrite(TcpSocket::abort);
  }

  private static ClientSetup<ShakingSocket, ?> shaking(EventLoop loop, ScriptedNetwork network) {
    List<String> connected = new ArrayList<>();
    return new ShakingSocket.Setup(
            loop, "many.example", PORT, wire -> network.note(connected.getFirst()))
        .firstHandshakeWins()
        .onConnect(socket -> connected.add(won(socket.remoteAddress())))
        .onWrite(TcpSocket::abort);
  }

  private static String won(SocketAddress address) {
    return "won " + RaceModel.host((InetSocketAddress) address);
  }

  private static String word(Event event) {
    boolean limit = event instanceof TcpTimeout t && t.limit() == TcpTimeout.Limit.CONNECT;
    return limit ? "timeout" : "failed";
  }

  /** The winner alone was sent the data, and nothing is left open. */
  private static void assertEnds(long seed, ScriptedNetwork network, String outcome) {
    int winners = 0;
    for (ScriptedLink link : network.links()) {
      boolean won = outcome.startsWith(won(link.remoteAddress()) + " ");
      winners += won ? 1 : 0;
      assertThat(link.ended).as("seed %d", seed).isNotEqualTo(Ended.NO);
      assertThat(link.written).as("seed %d: data", seed).isEqualTo(won ? 5 : 0);
    }
    assertThat(winners).as("seed %d", seed).isEqualTo(outcome.startsWith("won") ? 1 : 0);
  }
}
