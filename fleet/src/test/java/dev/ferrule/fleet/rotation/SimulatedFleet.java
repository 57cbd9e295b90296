package dev.ferrule.fleet.rotation;

import dev.ferrule.fleet.FleetEvent;
import dev.ferrule.fleet.rotation.FleetStore.Change;
import dev.ferrule.fleet.rotation.FleetStore.Entry;
import dev.ferrule.fleet.rotation.FleetStore.Sealed;
import dev.ferrule.fleet.rotation.FleetStore.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A fleet and its store in simulated time: one queue of events, one seed. Requests and answers are
 * late or lost, servers pause and are cut off, the store is flushed and fails over to a copy that
 * is late and has another clock. After each event that can change keys the invariants are checked.
 */
final class SimulatedFleet {
  /** Times true in the simulation, in milliseconds. */
  private record Due(long at, long order, Runnable what) {}

  static final class Conditions {
    double lost = 0.01;
    int latency = 40;
    boolean faults = true;
  }

  private static final Schedule SCHEDULE = new Schedule(120_000, 240_000, 1_000, 500, 30_000);

  /** The store: a master, and a copy of it as it was a moment ago. */
  private final class Store {
    Map<String, Entry> entries = new TreeMap<>();
    Map<String, Entry> copy = Map.of();
    String lease = "";
    long leaseEnd;
    long clockOffset = 1_000_000;
    long tokens;
    boolean down;

    long time() {
      return now + clockOffset;
    }

    Snapshot read() {
      return new Snapshot(time(), true, List.copyOf(entries.values()));
    }

    long lease(String owner) {
      if (!lease.isEmpty() && time() < leaseEnd) {
        return 0;
      }
      lease = ++tokens + owner;
      leaseEnd = time() + SCHEDULE.lease();
      return tokens;
    }

    boolean write(String owner, Change change) {
      boolean held = lease.equals(change.token() + owner) && time() < leaseEnd;
      if (!held
          || change.made().stream().anyMatch(g -> g.activation() < time() + SCHEDULE.notice())) {
        return false;
      }
      change.removed().forEach(entries::remove);
      Stream.concat(change.made().stream(), change.restored().stream())
          .forEach(g -> entries.put(g.id(), new Entry(g.id(), time(), new Sealed(g.sealed()))));
      lease = "";
      return true;
    }

    void failOver(long clockStep) {
      entries = new TreeMap<>(copy);
      lease = "";
      clockOffset += clockStep;
    }
  }

  final class Server {
    final int number;
    final double drift;
    final Rotation rotation;
    String using; // null for derived keys
    long pausedUntil;
    long cutUntil;
    long lastRead = Long.MIN_VALUE; // when the store was read, of the last answer that arrived

    Server(int number) {
      this.number = number;
      this.drift = 1 + (random.nextDouble() - 0.5) * 2e-4; // 100 ppm
      this.rotation = new Rotation(SCHEDULE, new Mint(), this::told);
    }

    void told(FleetEvent event) {
      told.merge(event.kind(), 1L, Long::sum);
    }

    long clock() {
      return (long) (now * drift) + 7_777L * number;
    }

    void poll() {
      long sent = clock();
      rotation.advance(sent);
      check(this);
      ask(
          () -> new Object[] {now, store.read()},
          answer -> {
            lastRead = (long) answer[0];
            rotation.read((Snapshot) answer[1], sent, clock());
            check(this);
            if (rotation.wantsLease()) {
              lease();
            }
          },
          () -> {});
      later(SCHEDULE.poll() * 3 / 4 + random.nextInt((int) SCHEDULE.poll() / 2), this, this::poll);
    }

    void lease() {
      ask(
          () -> new Object[] {store.lease("-" + number)},
          answer -> {
            long token = (long) answer[0];
            if (token != 0) {
              readAgain(token);
            }
          },
          () -> {});
    }

    void readAgain(long token) {
      long sent = clock();
      ask(
          () -> new Object[] {now, store.read()},
          answer -> {
            lastRead = (long) answer[0];
            rotation.read((Snapshot) answer[1], sent, clock());
            check(this);
            write(rotation.leased(token, clock()));
          },
          () -> {});
    }

    void write(Change change) {
      ask(
          () -> new Object[] {store.write("-" + number, change)},
          answer -> {
            rotation.written(change, (boolean) answer[0], clock());
            check(this);
          },
          () -> rotation.abandoned(change));
    }

    private void ask(
        java.util.function.Supplier<Object[]> request,
        java.util.function.Consumer<Object[]> answered,
        Runnable lost) {
      long start = now;
      at(
          now + delay(),
          () -> {
            boolean fails = store.down || now < cutUntil || random.nextDouble() < conditions.lost;
            Object[] answer = fails ? null : request.get();
            boolean gone = fails || random.nextDouble() < conditions.lost;
            later(
                delay(),
                this,
                () -> {
                  if (gone || now - start > SCHEDULE.timeout()) {
                    lost.run();
                    rotation.failed("lost", clock());
                    check(this);
                  } else {
                    answered.accept(answer);
                  }
                });
          });
    }
  }

  private final class Mint implements KeyMint {
    @Override
    public Generation make(long activation, long expiry) {
      String id = "%016x".formatted(random.nextLong());
      String sealed = id + " " + activation + " " + expiry;
      return new Generation(
          id, activation, expiry, new byte[48], sealed.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Generation open(Entry entry) {
      String[] parts = new String(entry.sealed().bytes(), StandardCharsets.US_ASCII).split(" ", -1);
      return parts.length != 3
          ? null
          : new Generation(
              parts[0],
              Long.parseLong(parts[1]),
              Long.parseLong(parts[2]),
              new byte[48],
              entry.sealed().bytes());
    }
  }

  private final long seed;
  private final Random random;
  private final Conditions conditions;
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(
          java.util.Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
  private final Store store = new Store();
  private final Map<String, Integer> users = new TreeMap<>();
  final List<Server> servers = new ArrayList<>();
  final Map<FleetEvent.Kind, Long> told = new EnumMap<>(FleetEvent.Kind.class);
  private long now;
  private long order;

  SimulatedFleet(long seed, int size, Conditions conditions) {
    this.seed = seed;
    this.random = new Random(seed);
    this.conditions = conditions;
    for (int i = 0; i < size; i++) {
      start();
    }
    replicate();
    if (conditions.faults) {
      fault();
    }
  }

  private void start() {
    Server server = new Server(servers.size());
    servers.add(server);
    later(random.nextInt(1_000), server, server::poll);
  }

  void run(long millis) {
    long end = now + millis;
    while (!queue.isEmpty() && queue.peek().at <= end) {
      Due due = queue.remove();
      now = due.at;
      due.what.run();
    }
    now = end;
    servers.forEach(server -> server.rotation.advance(server.clock()));
  }

  private void at(long when, Runnable what) {
    queue.add(new Due(when, order++, what));
  }

  /** On a server, which may be paused then. */
  private void later(long delay, Server server, Runnable what) {
    at(
        now + delay,
        () -> {
          if (now < server.pausedUntil) {
            later(server.pausedUntil - now, server, what);
          } else {
            what.run();
          }
        });
  }

  private int delay() {
    return random.nextInt(100) == 0 ? random.nextInt(400) : random.nextInt(conditions.latency);
  }

  private void replicate() {
    store.copy = new TreeMap<>(store.entries);
    at(now + 200, this::replicate);
  }

  private void fault() {
    Server one = servers.get(random.nextInt(servers.size()));
    switch (random.nextInt(7)) {
      case 0 -> store.entries.clear();
      case 1 -> store.failOver(random.nextInt(60_000) - 30_000 > 0 ? 29_000 : -29_000);
      case 2 -> one.pausedUntil = now + random.nextInt(20_000);
      case 3 -> one.cutUntil = now + random.nextInt(100_000);
      case 4 -> down(random.nextInt(60_000));
      case 5 -> start();
      default -> garbage();
    }
    at(now + 5_000 + random.nextInt(60_000), this::fault);
  }

  private void down(long millis) {
    store.down = true;
    at(
        now + millis,
        () -> {
          store.down = false;
          if (random.nextBoolean()) {
            store.failOver(0);
          }
        });
  }

  private void garbage() {
    List<String> ids = new ArrayList<>(store.entries.keySet());
    String id = ids.isEmpty() || random.nextBoolean() ? "rubbish" : ids.get(0);
    store.entries.put(id, new Entry(id, store.time(), new Sealed(new byte[] {1, 2, 3})));
  }

  /** Whoever encrypts is understood by all who have reached the store of late. */
  private void check(Server changed) {
    Generation used = changed.rotation.keys().encrypting();
    String id = used == null ? null : used.id();
    if (!Objects.equals(id, changed.using)) {
      users.merge(changed.using == null ? "" : changed.using, -1, Integer::sum);
      users.merge(id == null ? "" : id, 1, Integer::sum);
      changed.using = id;
      if (id != null) {
        servers.forEach(reader -> understands(reader, id));
      }
    }
    users.forEach((each, count) -> {
      if (count > 0 && !each.isEmpty()) {
        understands(changed, each);
      }
    });
  }

  private void understands(Server reader, String id) {
    boolean current = reader.lastRead >= now - SCHEDULE.spread() && now >= reader.pausedUntil;
    if (current && !ids(reader).contains(id)) {
      throw new AssertionError(
          "seed %d at %d: somebody encrypts with %s, and server %d, which read at %d, has %s"
              .formatted(seed, now, id, reader.number, reader.lastRead, ids(reader)));
    }
  }

  void checkAll() {
    servers.forEach(this::check);
  }

  static Set<String> ids(Server server) {
    KeySet keys = server.rotation.keys();
    Set<String> ids = new HashSet<>();
    if (keys.encrypting() != null) {
      ids.add(keys.encrypting().id());
    }
    keys.others().forEach(each -> ids.add(each.id()));
    return ids;
  }

  Set<String> encrypting() {
    Set<String> ids = new HashSet<>();
    servers.forEach(s -> {
      Generation used = s.rotation.keys().encrypting();
      ids.add(used == null ? "derived" : used.id());
    });
    return ids;
  }
}
