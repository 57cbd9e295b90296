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
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A fleet and its store in simulated time: one queue of events, one seed. Requests and answers are
 * late or lost, servers pause and are cut off, the store is flushed and fails over to a copy that
 * is late and has another clock. After each event that can change keys the invariants are checked.
 *
 * <p>A key in use that a fault took out of the store, and nobody has put back yet, cannot be known
 * to a server that had not read it before. So that is excused, for as long as the others may take
 * to put it back.
 */
final class SimulatedFleet {
  /** Times true in the simulation, in milliseconds. */
  private record Due(long at, long order, Runnable what) {}

  static final class Conditions {
    double lost = 0.01;
    int latency = 40;
    boolean faults = true;

    /** Whether the clocks of all stores stay within the schedule's bound; else each jump adds. */
    boolean clocksNear;
  }

  private static final Schedule SCHEDULE = new Schedule(120_000, 240_000, 1_000, 500, 30_000);

  /** A lease of one that was lost has to end, perhaps twice, before another may write. */
  private static final long MENDED_WITHIN = 3 * SCHEDULE.spread();

  private static final Sealed RUBBISH = new Sealed(new byte[] {1, 2, 3});

  record Reading(long at, Set<String> missing, Snapshot snapshot) {}

  /** The store: a master, and a copy of it as it was a moment ago. */
  private final class Store {
    Map<String, Entry> entries = new TreeMap<>();
    Map<String, Entry> copy = Map.of();
    String lease = "";
    long leaseEnd;
    long clockOffset = 1_000_000;
    long tokens;
    boolean down;
    boolean losesWhatIsMade; // next
    private final Map<String, Long> putAt = new TreeMap<>();
    private final Set<String> settled = new HashSet<>(); // were there for as long as reading takes
    private final Map<String, Long> lost = new TreeMap<>(); // by faults, since when

    long time() {
      return now + clockOffset;
    }

    Reading read() {
      Set<String> missing = new HashSet<>();
      lost.forEach((id, since) -> {
        if (now - since <= MENDED_WITHIN) {
          missing.add(id);
        }
      });
      return new Reading(now, missing, new Snapshot(time(), true, List.copyOf(entries.values())));
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
          .forEach(g -> {
            entries.put(g.id(), new Entry(g.id(), time(), new Sealed(g.sealed())));
            lost.remove(g.id());
            putAt.put(g.id(), now);
          });
      lease = "";
      return true;
    }

    void failOver() {
      lose(entries.keySet());
      entries = new TreeMap<>(copy);
      entries.values().stream()
          .filter(entry -> entry.sealed() != RUBBISH)
          .forEach(entry -> lost.remove(entry.id()));
      lease = "";
    }

    void flush() {
      lose(entries.keySet());
      entries.clear();
    }

    void lose(Set<String> ids) {
      for (String id : ids) {
        if (now - putAt.getOrDefault(id, now) >= SCHEDULE.spread()) {
          settled.add(id);
        }
        if (settled.contains(id)) { // else nobody may use it before it has been put back
          lost.putIfAbsent(id, now);
        }
      }
    }

    /** Nobody could put anything back until now. */
    void reachable() {
      down = false;
      lost.replaceAll((id, since) -> now);
    }
  }

  final class Server {
    final int number;
    final double drift;
    final Rotation rotation;
    String using; // null for derived keys
    long pausedUntil;
    long cutUntil;
    Reading last = new Reading(Long.MIN_VALUE, Set.of(), new Snapshot(0, true, List.of()));

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
          store::read,
          answer -> {
            last = answer;
            rotation.read(answer.snapshot(), sent, clock());
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
          () -> store.lease("-" + number),
          token -> {
            if (token != 0) {
              readAgain(token);
            }
          },
          () -> {});
    }

    void readAgain(long token) {
      long sent = clock();
      ask(
          store::read,
          answer -> {
            last = answer;
            rotation.read(answer.snapshot(), sent, clock());
            check(this);
            write(rotation.leased(token, clock()));
          },
          () -> {});
    }

    void write(Change change) {
      ask(
          () -> {
            boolean written = store.write("-" + number, change);
            if (written && !change.made().isEmpty() && store.losesWhatIsMade) {
              loseAllOf(change);
            }
            return written;
          },
          accepted -> {
            rotation.written(change, accepted, clock());
            check(this);
          },
          () -> rotation.abandoned(change));
    }

    /** The store fails over before its copy has it, and the one that made it is cut off. */
    private void loseAllOf(Change change) {
      store.losesWhatIsMade = false;
      store.failOver();
      change.made().forEach(each -> store.entries.remove(each.id()));
      cutUntil = now + 1_000 + random.nextInt(300_000);
    }

    private <T> void ask(Supplier<T> request, Consumer<T> answered, Runnable lost) {
      long start = now;
      at(
          now + delay(),
          () -> {
            boolean fails = store.down || now < cutUntil || random.nextDouble() < conditions.lost;
            T answer = fails ? null : request.get();
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
  private final Map<String, Long> usedUntil = new TreeMap<>(); // by the last who did, of each key
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
    switch (random.nextInt(8)) {
      case 0 -> store.flush();
      case 1 -> {
        store.failOver();
        stepClock();
      }
      case 2 -> one.pausedUntil = now + random.nextInt(20_000);
      case 3 -> one.cutUntil = now + random.nextInt(100_000);
      case 4 -> down(random.nextInt(60_000));
      case 5 -> start();
      case 6 -> store.losesWhatIsMade = true;
      default -> garbage();
    }
    at(now + 5_000 + random.nextInt(60_000), this::fault);
  }

  private void stepClock() {
    store.clockOffset =
        conditions.clocksNear
            ? 1_000_000 + random.nextInt(29_000)
            : store.clockOffset + (random.nextBoolean() ? 29_000 : -29_000);
  }

  private void down(long millis) {
    store.down = true;
    at(
        now + millis,
        () -> {
          store.reachable();
          if (random.nextBoolean()) {
            store.failOver();
          }
        });
  }

  private void garbage() {
    List<String> ids = new ArrayList<>(store.entries.keySet());
    String id = ids.isEmpty() || random.nextBoolean() ? "rubbish" : ids.get(0);
    store.lose(Set.of(id));
    store.entries.put(id, new Entry(id, store.time(), RUBBISH));
  }

  /**
   * Whoever encrypts is understood by all who have reached the store of late; and where clocks stay
   * within the bound, for as long as the ticket lives.
   */
  private void check(Server changed) {
    Generation used = changed.rotation.keys().encrypting();
    String id = used == null ? null : used.id();
    if (!Objects.equals(id, changed.using)) {
      if (changed.using != null) {
        users.merge(changed.using, -1, Integer::sum);
        usedUntil.put(changed.using, now);
      }
      if (id != null) {
        users.merge(id, 1, Integer::sum);
      }
      changed.using = id;
      if (id != null) {
        servers.forEach(reader -> understands(reader, id));
      }
    }
    users.forEach((each, count) -> {
      if (count > 0 || aTicketLives(each)) {
        understands(changed, each);
      }
    });
  }

  private boolean aTicketLives(String id) {
    return conditions.clocksNear && now < usedUntil.getOrDefault(id, 0L) + SCHEDULE.lifetime();
  }

  private void understands(Server reader, String id) {
    boolean current = reader.last.at() >= now - SCHEDULE.spread() && now >= reader.pausedUntil;
    if (current && !reader.last.missing().contains(id) && !ids(reader).contains(id)) {
      throw new AssertionError(
          "seed %d at %d: somebody encrypts with %s, and server %d, which read at %d, has %s"
              .formatted(seed, now, id, reader.number, reader.last.at(), ids(reader)));
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
