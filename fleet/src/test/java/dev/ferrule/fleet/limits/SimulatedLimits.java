package dev.ferrule.fleet.limits;

import dev.ferrule.fleet.limits.CountStore.Answer;
import dev.ferrule.fleet.limits.CountStore.Count;
import dev.ferrule.fleet.limits.CountStore.Sum;
import dev.ferrule.fleet.rotation.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Servers that limit addresses together, in simulated time, with a store that may fail before or
 * after it added. The same seed gives the same run. One address attacks all servers with as much as
 * they take, one the servers by turns; the others keep to the limit, and each of them goes to any
 * server. Time is in milliseconds.
 */
final class SimulatedLimits {
  static final long ATTACKER = -1;
  static final long WANDERER = -2;
  private static final long STEP = 20;
  private static final int INNOCENTS = 20;

  /** What becomes of the store from some time to another. */
  record Fault(long from, long to, Kind kind) {
    enum Kind {
      /** It does not answer. */
      GONE,
      /** It adds, and the answer is lost. */
      DEAF,
      /** It has lost everything, at each request. */
      EMPTY
    }
  }

  /** One server: when it exchanges next. */
  private static final class Server {
    final AddressCounts counts;
    final CountExchange exchange;
    long next;

    Server(LimitRules rules, long next) {
      this.counts = new AddressCounts(rules);
      this.exchange = new CountExchange(rules, counts);
      this.next = next;
    }
  }

  final LimitRules rules;
  final List<String> wronglyRefused = new ArrayList<>();
  final List<Long> attacked = new ArrayList<>(); // when a handshake of the attacker was admitted
  final List<Long> wandered = new ArrayList<>();
  private final Random random;
  private final long seed;
  private final List<Server> servers = new ArrayList<>();
  private final double[] used = new double[INNOCENTS]; // exactly
  private final Map<Long, Map<Long, Long>> store = new HashMap<>(); // by window and address
  private final Map<Long, double[]> unpaid = new HashMap<>(); // what is in use, and when
  private final List<Fault> faults;
  private final long clockOffset;
  private long now;

  SimulatedLimits(long seed, int number, LimitRules rules, List<Fault> faults) {
    this.seed = seed;
    this.rules = rules;
    this.faults = faults;
    this.random = new Random(seed);
    this.clockOffset = random.nextInt(1_000_000);
    for (int i = 0; i < number; i++) {
      servers.add(new Server(rules, random.nextLong(rules.gap() / 2)));
    }
  }

  void run(long time) {
    for (long end = now + time; now < end; now += STEP) {
      for (Server server : servers) {
        if (now >= server.next) {
          exchange(server);
        }
        for (int i = random.nextInt(4); i > 0; i--) {
          attack(server, ATTACKER, attacked);
        }
      }
      // Whoever has no answer yet is asked next.
      attack(servers.get((int) (now / rules.time() % servers.size())), WANDERER, wandered);
      for (int i = 0; i < INNOCENTS; i++) {
        behave(i);
      }
    }
  }

  private void exchange(Server server) {
    try {
      server.exchange.make(this::add, () -> now);
    } catch (StoreException e) {
      // as the fleet's thread does: it comes again
    }
    long poll = rules.gap() / 2;
    server.next = now + poll * 3 / 4 + random.nextLong(poll / 2 + 1);
  }

  private void attack(Server server, long address, List<Long> admitted) {
    if (server.counts.takeFull(address, now)) {
      admitted.add(now);
    }
  }

  /** It begins what the limit allows, now and then all at once. */
  private void behave(int number) {
    used[number] = Math.max(0, used[number] - rules.paid(STEP));
    int wanted = random.nextInt(200) == 0 ? rules.most() : random.nextInt(30) == 0 ? 1 : 0;
    for (; wanted > 0 && used[number] + 1 <= rules.most(); wanted--) {
      used[number]++;
      if (!servers.get(random.nextInt(servers.size())).counts.takeFull(number, now)) {
        wronglyRefused.add("seed " + seed + ": " + number + " at " + now);
      }
    }
  }

  private Answer add(List<Count> counts) {
    for (Fault fault : faults) {
      if (now >= fault.from && now < fault.to) {
        switch (fault.kind) {
          case GONE -> throw new StoreException("gone", new Exception());
          case DEAF -> {
            added(counts);
            throw new StoreException("deaf", new Exception());
          }
          case EMPTY -> {
            store.clear();
            unpaid.clear();
          }
        }
      }
    }
    return added(counts);
  }

  private Answer added(List<Count> counts) {
    long time = now + clockOffset;
    long window = time / rules.window();
    store.keySet().removeIf(each -> each < window - 1);
    Map<Long, Long> before = store.getOrDefault(window - 1, Map.of());
    Map<Long, Long> present = store.computeIfAbsent(window, each -> new HashMap<>());
    List<Sum> sums = new ArrayList<>();
    for (Count each : counts) {
      long sum = present.merge(each.address(), (long) each.more(), Long::sum);
      sums.add(new Sum(before.getOrDefault(each.address(), 0L), sum, used(each)));
    }
    return new Answer(window, sums);
  }

  private double used(Count count) {
    double[] use = unpaid.computeIfAbsent(count.address(), each -> new double[] {0, (double) now});
    use[0] = Math.max(0, Math.max(0, use[0] - rules.paid(now - (long) use[1])) + count.more());
    use[1] = (double) now;
    return use[0];
  }

  /** The most that was admitted in any {@code length}, of what began at {@code from} or later. */
  static long most(List<Long> admitted, long from, long length) {
    int most = 0;
    int first = 0;
    for (int last = 0; last < admitted.size(); last++) {
      while (admitted.get(last) - admitted.get(first) >= length || admitted.get(first) < from) {
        if (first == last) {
          break;
        }
        first++;
      }
      if (admitted.get(first) >= from) {
        most = Math.max(most, last - first + 1);
      }
    }
    return most;
  }
}
