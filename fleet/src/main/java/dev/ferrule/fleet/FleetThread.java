package dev.ferrule.fleet;

import dev.ferrule.fleet.redis.RedisStore;
import dev.ferrule.fleet.rotation.Generation;
import dev.ferrule.fleet.rotation.KeyMint;
import dev.ferrule.fleet.rotation.KeySet;
import dev.ferrule.fleet.rotation.Rotation;
import dev.ferrule.fleet.rotation.Schedule;
import dev.ferrule.fleet.rotation.StoreException;
import dev.ferrule.fleet.rotation.StoreVisit;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Visits the store again and again, and publishes what comes of it. Whatever blocks, blocks here.
 * After a failure it waits longer, up to {@value #LONGEST_WAIT} ms, and never as long as another
 * server.
 */
final class FleetThread implements AutoCloseable {
  private static final long LONGEST_WAIT = 5_000;

  private final RedisStore store;
  private final FleetCertificates certificates;
  private final ServerReports reports;
  private final String owner;
  private final Schedule schedule;
  private final Rotation rotation;
  private final FleetKeys keys;
  private final @Nullable FleetLimit limit;
  private final Consumer<? super FleetEvent> callback;
  private final Map<FleetEvent.Kind, Long> told = new EnumMap<>(FleetEvent.Kind.class);
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Instant lastAnswer;
  private long visits;
  private long failures;
  private boolean recordsFail;
  private volatile FleetStatus status =
      new FleetStatus(FleetStatus.State.ALONE, null, null, List.of(), Map.of(), 0, 0, null);

  FleetThread(
      RedisStore store,
      String owner,
      Schedule schedule,
      KeyMint mint,
      FleetKeys keys,
      @Nullable FleetLimit limit,
      Function<Consumer<FleetEvent>, FleetCertificates> certificates,
      ServerReports reports,
      Consumer<? super FleetEvent> callback) {
    this.store = store;
    this.owner = owner;
    this.schedule = schedule;
    this.keys = keys;
    this.limit = limit;
    this.callback = callback;
    this.certificates = certificates.apply(this::told);
    this.reports = reports;
    this.rotation = new Rotation(schedule, mint, this::told);
  }

  /** A name that no other process has, with its process id for people. */
  static String newOwner() {
    return ProcessHandle.current().pid() + "-" + UUID.randomUUID();
  }

  void start() {
    Thread.ofPlatform().daemon().name("ferrule-fleet").start(this::run);
  }

  private void run() {
    int failed = 0;
    try (store) {
      while (closed.getCount() > 0) {
        try {
          failed = visit() ? 0 : failed + 1;
        } catch (Throwable e) {
          failed++; // a fault of ours must not end it
          Thread self = Thread.currentThread();
          self.getUncaughtExceptionHandler().uncaughtException(self, e);
        }
        pause(failed);
      }
      end();
    }
  }

  private void end() {
    try {
      reports.end();
    } catch (StoreException e) {
      // the report runs out
    }
  }

  private boolean visit() {
    boolean answered = StoreVisit.make(rotation, store, owner, schedule.lease(), FleetThread::now);
    if (answered) {
      visits++;
      lastAnswer = Instant.now();
    } else {
      failures++;
    }
    if (limit != null) {
      exchange(limit, answered);
    }
    publish();
    if (answered) {
      visitRecords();
    }
    return answered;
  }

  private void exchange(FleetLimit counts, boolean answered) {
    boolean was = counts.status().scope() == FleetStatus.Scope.FLEET;
    boolean is = answered && counts.exchange();
    if (!answered) {
      counts.alone();
    }
    if (is && !was) {
      told(
          new FleetEvent(
              FleetEvent.Kind.LIMIT, "the fleet counts the handshakes of client addresses"));
    } else if (was && !is) {
      told(
          new FleetEvent(
              FleetEvent.Kind.LIMIT,
              "this server alone counts the handshakes of client addresses: " + counts.failure()));
    }
  }

  /** What goes wrong here concerns no ticket key. */
  private void visitRecords() {
    try {
      certificates.visit();
      reports.visit(status, certificates.names(), now());
      recordsFail = false;
    } catch (StoreException e) {
      if (!recordsFail) {
        recordsFail = true;
        told(
            new FleetEvent(
                FleetEvent.Kind.UNREACHABLE,
                "certificates of the fleet cannot be read or told of: " + e.getMessage()));
      }
    }
  }

  /** Keys become active and expire while it waits, too. */
  private void pause(int failed) {
    long wait = schedule.poll() << Math.min(failed, 10);
    long least = Math.max(schedule.poll(), Math.min(wait, LONGEST_WAIT)) * 3 / 4;
    long end = now() + least + ThreadLocalRandom.current().nextLong(least / 2 + 1);
    try {
      long left = end - now();
      while (left > 0 && !closed.await(Math.min(left, schedule.poll()), TimeUnit.MILLISECONDS)) {
        rotation.advance(now());
        publish();
        left = end - now();
      }
    } catch (InterruptedException e) {
      // Nobody but close() ends it.
    }
  }

  private void publish() {
    KeySet set = rotation.keys();
    keys.publish(set);
    Generation encrypting = set.encrypting();
    status =
        new FleetStatus(
            FleetStatus.State.valueOf(rotation.state().name()),
            lastAnswer,
            encrypting == null ? null : encrypting.id(),
            Stream.concat(Stream.ofNullable(encrypting), set.others().stream())
                .map(Generation::id)
                .toList(),
            Map.copyOf(told),
            visits,
            failures,
            limit == null ? null : limit.status());
  }

  private void told(FleetEvent event) {
    told.merge(event.kind(), 1L, Long::sum);
    try {
      callback.accept(event);
    } catch (Throwable e) { // it must not end a decision in the middle
      Thread self = Thread.currentThread();
      self.getUncaughtExceptionHandler().uncaughtException(self, e);
    }
  }

  static long now() {
    return System.nanoTime() / 1_000_000;
  }

  FleetCertificates certificates() {
    return certificates;
  }

  FleetStatus status() {
    return status;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
