package dev.ferrule.cli.bench;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.SslContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One loop's share of a load. In a closed loop a client that is free begins its next operation at
 * once, in an open one when the {@link OpenLoop} says. Belongs to its loop.
 *
 * <pre>
 *  PREPARING --all loops have prepared--> WARMING --time--> MEASURING --time, or asked--> ENDED
 * </pre>
 */
final class Generator {
  private enum Phase {
    PREPARING,
    WARMING,
    MEASURING,
    ENDED
  }

  private static final int OPENED_AT_ONCE = 64; // handshakes under way while it is prepared
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LOOK_AT_END = Duration.ofMillis(5);
  private static final Duration PATIENCE_AT_END = Duration.ofSeconds(2);

  private final EventLoop loop;
  private final Round round;
  private final Load load;
  private final Site site;
  private final Payload payload;
  private final Meter meter = new Meter();
  private final List<Client> clients = new ArrayList<>();
  private final ArrayDeque<Client> toOpen = new ArrayDeque<>();
  private final @Nullable OpenLoop openLoop; // null for a closed one
  private Phase phase = Phase.PREPARING;
  private long prepareFrom;
  private long lastOpened;
  private int opening;
  private int unresolved;
  private int opened;
  private long from;
  private long cutAt;
  private int seconds;

  Generator(EventLoop loop, Round round, Load load, Site site, Payload payload) {
    this.loop = loop;
    this.round = round;
    this.load = load;
    this.site = site;
    this.payload = payload;
    this.openLoop = load.isOpen() ? new OpenLoop(loop, load.rate(), meter) : null;
  }

  EventLoop loop() {
    return loop;
  }

  Load load() {
    return load;
  }

  Workload workload() {
    return load.workload();
  }

  Site site() {
    return site;
  }

  Payload payload() {
    return payload;
  }

  Meter meter() {
    return meter;
  }

  // ---- its phases

  /** Opens what has to be open before it begins. Clients are numbered from {@code first} on. */
  void prepare(int first, int count, @Nullable SslContext shared) {
    boolean sessions = workload() == Workload.RESUMED; // each client has its own
    for (int i = 0; i < count; i++) {
      clients.add(new Client(this, first + i, sessions ? site.context() : shared));
    }
    loop.interval(LOOK, this::look);
    prepareFrom = System.nanoTime();
    lastOpened = prepareFrom;
    if (workload().keepsConnections() || sessions) {
      unresolved = count;
      toOpen.addAll(clients);
      openMore();
    } else {
      round.prepared(count);
    }
  }

  private void openMore() {
    while (phase == Phase.PREPARING && opening < OPENED_AT_ONCE && !toOpen.isEmpty()) {
      opening++;
      toOpen.remove().open();
    }
  }

  private void resolved(Client client) {
    if (client.resolved) {
      return;
    }
    client.resolved = true;
    opening--;
    unresolved--;
    if (unresolved == 0) {
      round.prepared(opened);
    } else {
      openMore();
    }
  }

  /** All loops are ready. */
  void begin() {
    if (phase != Phase.PREPARING) {
      return;
    }
    phase = Phase.WARMING;
    long now = System.nanoTime();
    if (load.warmup().isZero()) {
      measure();
    } else {
      schedule(now);
      loop.delay(load.warmup(), this::measure);
    }
    clients.forEach(this::free);
  }

  private void measure() {
    if (phase != Phase.WARMING) {
      return;
    }
    phase = Phase.MEASURING;
    if (workload() != Workload.IDLE) {
      meter.begin();
    }
    countStreams();
    meter.sent = 0;
    from = System.nanoTime();
    cutAt = from;
    round.measuring(loop.number());
    schedule(from); // what the warm-up left behind is dropped
    loop.interval(SECOND, this::second);
    loop.delay(load.measured(), this::end);
  }

  private void schedule(long start) {
    if (openLoop != null) {
      openLoop.schedule(start);
    }
  }

  private void second() {
    long now = System.nanoTime();
    long left = from + load.measured().toNanos() - now;
    if (phase == Phase.MEASURING && left > SECOND.toNanos() / 2) { // else the last is longer
      cut(now);
    }
  }

  private void cut(long now) {
    countStreams();
    meter.cut(round.timeline(), seconds++, (now - cutAt) / 1e9);
    cutAt = now;
  }

  private void countStreams() {
    clients.forEach(Client::countSent);
  }

  /** The time is over, or somebody asked for the end. */
  void end() {
    if (phase == Phase.ENDED) {
      return;
    }
    boolean measured = phase == Phase.MEASURING;
    long now = System.nanoTime();
    if (measured) {
      cut(now);
    }
    Counts counts = measured ? count(now) : Counts.NONE;
    phase = Phase.ENDED;
    if (openLoop != null) {
      openLoop.end();
    }
    round.ended(this, measured ? (now - from) / 1e9 : 0, counts, meter);
    close();
  }

  private Counts count(long now) {
    long unanswered = 0;
    long oldest = 0;
    long open = 0;
    for (Client client : clients) {
      open += client.isOpen() ? 1 : 0;
      if (client.operates() && counts(client.due())) {
        unanswered++;
        long waited = now - client.due();
        oldest = Math.max(oldest, waited);
        if (load.isOpen()) {
          meter.waited(waited, 1);
        }
      }
    }
    return new Counts(
        meter.done,
        meter.failed,
        unanswered,
        oldest,
        openLoop == null ? 0 : openLoop.asked(now),
        meter.late,
        openLoop == null ? 0 : openLoop.unsent(now),
        meter.sent,
        meter.received,
        meter.full,
        meter.resumed,
        meter.unclean,
        open,
        meter.lost);
  }

  private void close() {
    if (workload() == Workload.SOURCE || workload() == Workload.SINK) {
      loop.exit(); // what is under way is of no use to anybody
      return;
    }
    loop.closeAll();
    loop.delay(PATIENCE_AT_END, loop::exit);
    loop.interval(
        LOOK_AT_END,
        () -> {
          if (loop.stats().outgoing() == 0) {
            loop.exit();
          }
        });
  }

  // ---- what clients tell

  /** A connection that is kept is open. */
  void opened(Client client, long nanos) {
    if (phase == Phase.PREPARING && !client.resolved) { // one that is opened again counts once
      opened++;
      lastOpened = System.nanoTime();
      if (workload() == Workload.IDLE) {
        meter.waited(nanos, 1);
      }
    }
    free(client);
  }

  /** A client may begin an operation. */
  void free(Client client) {
    switch (phase) {
      case PREPARING -> primed(client);
      case WARMING, MEASURING -> next(client);
      case ENDED -> {}
    }
  }

  private void primed(Client client) {
    if (!workload().keepsConnections() && !client.resolved) {
      opened++;
      lastOpened = System.nanoTime();
    }
    resolved(client);
  }

  private void next(Client client) {
    if (!client.isFree()) {
      return;
    }
    if (!workload().hasOperations()) {
      client.flow();
    } else if (openLoop != null) {
      openLoop.offer(client);
    } else {
      long now = System.nanoTime();
      client.begin(now, now);
    }
  }

  /** An operation that was to begin at {@code due} was answered. */
  void done(long due, long took) {
    if (phase == Phase.MEASURING && counts(due)) {
      meter.took(took);
    }
  }

  /** Of an open loop's operations only those whose time was in what is measured. */
  private boolean counts(long due) {
    return !load.isOpen() || due - from >= 0;
  }

  /** A connection failed, or was lost. */
  void failed(Client client, boolean operated, boolean wasOpen, String code, String sentence) {
    if (phase == Phase.ENDED) {
      return;
    }
    meter.failures.add(code, sentence);
    if (operated && phase == Phase.MEASURING && counts(client.due())) {
      meter.failed++;
    }
    if (wasOpen) {
      meter.lost++;
    }
    if (phase == Phase.PREPARING) {
      resolved(client);
    }
  }

  /**
   * Runs {@code action} after a pause, unless it has ended by then, or lost things are not renewed.
   */
  void later(Duration pause, Runnable action) {
    if (phase != Phase.ENDED && workload() != Workload.IDLE) {
      loop.delay(
          pause,
          () -> {
            if (phase != Phase.ENDED) {
              action.run();
            }
          });
    }
  }

  /** Ten times a second. */
  private void look() {
    long now = System.nanoTime();
    if (phase == Phase.PREPARING) {
      boolean hangs = now - lastOpened > 2 * load.timeout().toNanos();
      if (hangs && !toOpen.isEmpty()) {
        List<Client> never = List.copyOf(toOpen);
        toOpen.clear();
        never.forEach(client -> {
          meter.failures.add("UNOPENED", "was not opened, for none was for too long");
          resolved(client);
        });
      }
    }
    for (Client client : clients) {
      client.check(now, load.timeout());
    }
  }

  /** How long it took to prepare. */
  double preparedIn() {
    return (lastOpened - prepareFrom) / 1e9;
  }
}
