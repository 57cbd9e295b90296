package dev.ferrule.tests.ssl.simulated;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.testkit.Fault;
import dev.ferrule.testkit.Faults;
import dev.ferrule.testkit.ManualClock;
import dev.ferrule.testkit.SimulatedLink;
import dev.ferrule.testkit.SimulatedNetwork;
import dev.ferrule.testkit.SslPair;
import dev.ferrule.tests.ssl.simulated.PairSide.Ending;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A client and a server that write random sizes and end in random ways, over a network with the
 * faults of a seed. Whatever happens, each byte arrives in order or a failure is told, each side
 * hears of its end once, a cut is no clean end, a changed record gives no byte, and nothing is left
 * open.
 */
final class PairSchedule {
  private final Faults faults;
  private final boolean old; // TLS 1.2, where the end of one side is that of both
  private final PairSide client;
  private final PairSide server;
  private final SslPair pair;
  private final List<String> trace = new ArrayList<>();
  private final long begun = new ManualClock().getAsLong();

  private PairSchedule(long seed) {
    Random random = new Random(seed);
    faults = Faults.random(seed);
    old = random.nextInt(4) == 0;
    client = new PairSide(this, 0, random);
    PairSide other = new PairSide(this, 1, random);
    while (client.ending == Ending.WAIT && other.ending == Ending.WAIT) {
      other = new PairSide(this, 1, random);
    }
    server = other;
    client.peer = server;
    server.peer = client;
    pair =
        SslPair.create()
            .faults(faults)
            .server(setup -> {
              server.equip(setup);
              setup.onSecure((socket, session) -> server.secured());
            })
            .client(setup -> {
              client.equip(setup);
              setup.maxProtocol(old ? Protocol.TLS_1_2 : Protocol.TLS_1_3);
              setup.onSecure((socket, session) -> client.secured());
            });
  }

  /** Runs the schedule of a seed; an AssertionError says what was wrong, and the seed. */
  static PairSchedule run(long seed) {
    PairSchedule schedule = new PairSchedule(seed);
    try {
      schedule.pair.run();
      schedule.requireTruth();
    } catch (RuntimeException | Error e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage() + schedule.told(), e);
    }
    return schedule;
  }

  private String told() {
    List<String> last = trace.subList(Math.max(0, trace.size() - 60), trace.size());
    return "\n  "
        + client
        + "\n  "
        + server
        + (old ? "\n  TLS 1.2, " : "\n  TLS 1.3, ")
        + faults
        + "\n  what happened last:\n    "
        + String.join("\n    ", last);
  }

  // ---- for the sides

  SimulatedNetwork network() {
    return pair.network();
  }

  EventLoop loop(PairSide side) {
    return side.socket.loop();
  }

  void note(PairSide side, String what) {
    long nanos = network().clock().since(begun).toNanos();
    trace.add(nanos + " ns: " + (side == client ? "client " : "server ") + what);
  }

  void require(boolean holds, PairSide side, String otherwise) {
    if (!holds) {
      throw new AssertionError(side + ": " + otherwise);
    }
  }

  // ---- what must be so at the end

  private void requireTruth() {
    for (SimulatedLink link : network().links()) {
      require(link.isClosed(), client, "a link was left open: " + link);
    }
    for (PairSide side : List.of(client, server)) {
      if (side.connected) {
        require(side.knowsItsEnd(), side, "it has not heard of its end once");
        requireTrueEnd(side, side.peer);
        require(side.error == null || !isCalm(), side, "an error that nothing explains");
        require(side.eofs == 1 || !isCalm(), side, "no clean end, and nothing explains it");
      }
    }
  }

  /** A clean end comes behind all that the peer wrote, and only if the peer sent it. */
  private void requireTrueEnd(PairSide side, PairSide peer) {
    if (side.eofs == 0) {
      return;
    }
    Set<Fault> lost = EnumSet.of(Fault.CORRUPTED_RECORD, Fault.LOST_CLOSE_NOTIFY);
    lost.retainAll(peer.link().faults());
    require(lost.isEmpty(), side, "a clean end in spite of " + lost);
    boolean cut = peer.endedItself && peer.ending == Ending.ABORT;
    require(!cut, side, "the peer aborted, and that passed for a clean end");
    boolean answered = old && side.endedItself; // RFC 5246 7.2.1
    require(answered || side.read == peer.written, side, "the clean end came before all bytes");
  }

  /** Whether nothing excuses an error. */
  private boolean isCalm() {
    return !old && !isDisturbed() && !endsHard(client) && !endsHard(server);
  }

  private static boolean endsHard(PairSide side) {
    return side.ending == Ending.ABORT || side.ending == Ending.CLOSE;
  }

  // ---- for the test

  /** Whether a fault took place. */
  boolean isDisturbed() {
    return network().links().stream().anyMatch(link -> !link.faults().isEmpty());
  }

  boolean hadFault(Fault fault) {
    return network().links().stream().anyMatch(link -> link.faults().contains(fault));
  }

  /** Whether all went both ways, and both heard a clean end. */
  boolean isWhole() {
    return client.eofs == 1
        && server.eofs == 1
        && client.read == server.written
        && server.read == client.written
        && client.read + server.read > 0;
  }

  List<String> trace() {
    return trace;
  }
}
