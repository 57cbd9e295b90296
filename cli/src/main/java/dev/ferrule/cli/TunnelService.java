package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopGroup;
import dev.ferrule.TcpServer;
import dev.ferrule.cli.handover.GivenSockets;
import dev.ferrule.cli.handover.HandOver;
import dev.ferrule.cli.status.Observed;
import dev.ferrule.cli.status.ShownFleet;
import dev.ferrule.cli.status.ShownTarget;
import dev.ferrule.cli.tunnel.EventLog;
import dev.ferrule.cli.tunnel.Setting;
import dev.ferrule.cli.tunnel.Tunnel;
import dev.ferrule.event.TcpError;
import dev.ferrule.ssl.SslReload;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tunnels of a process, while it runs: they begin, change and end here. Told by a signal's
 * thread, by one that looks at files, or by a loop, one at a time; what belongs to a loop is
 * changed in its thread.
 */
final class TunnelService implements AutoCloseable, Observed {
  private final EventLog log;
  private final @Nullable Duration watchedEvery;
  private final FleetOptions fleet;
  private final Map<String, Running> running = new LinkedHashMap<>();
  private final Map<EventLoop, LoopShares> loops = new ConcurrentHashMap<>();
  private final Map<String, TcpServer> servers = new ConcurrentHashMap<>(); // of any loop each
  private GivenSockets given = new GivenSockets(false);
  private @Nullable LoopGroup group;
  private volatile State state = State.STARTING;

  /** One that runs, or is about to. */
  record Running(LoadedTunnel loaded, Tunnel tunnel) {}

  TunnelService(EventLog log, @Nullable Duration watchedEvery, FleetOptions fleet) {
    this.log = log;
    this.watchedEvery = watchedEvery;
    this.fleet = fleet;
  }

  /** Loads tunnels, before any loop runs. */
  synchronized void load(Map<String, TunnelOptions> tunnels) {
    tunnels.forEach((name, options) -> {
      LoadedTunnel loaded = LoadedTunnel.load(name, options, watchedEvery, log, fleet);
      running.put(name, new Running(loaded, new Tunnel(loaded.setting(), log)));
    });
  }

  /** Listens by sockets that the process was given, where they are for its tunnels. */
  synchronized void listenBy(GivenSockets sockets) {
    given = sockets;
    running
        .values()
        .forEach(each -> {
          if (givenFor(each).isEmpty()) {
            TunnelAddresses.removeStale(each.loaded.setting().listen().unix());
          }
        });
  }

  private List<Integer> givenFor(Running each) {
    Setting.Listen at = each.loaded.setting().listen();
    return given.of(each.loaded.name(), at.host(), at.port(), at.unix());
  }

  /** All that run, in the order of their file. */
  synchronized List<Running> all() {
    return List.copyOf(running.values());
  }

  /** Listens on a loop, in its thread. */
  synchronized void open(EventLoop loop) {
    group = loop.group();
    LoopShares here = new LoopShares(loop);
    loops.put(loop, here);
    loop.notifier(() -> {}); // keeps the loop when all tunnels change at once
    running.values().forEach(each -> listen(here, each));
  }

  private void listen(LoopShares here, Running each) {
    servers.put(each.loaded.name(), here.listen(each, givenFor(each)));
  }

  /** Where a tunnel listens; null when it does not. Any thread. */
  @Nullable String address(String name) {
    TcpServer server = servers.get(name);
    return server == null ? null : Target.shown(server.localAddress());
  }

  /** Reads the files of all of them again. */
  synchronized void loadAgain() {
    running.values().forEach(each -> each.loaded.loadAgain());
  }

  // ---- as others see them

  /** All of them listen. */
  void ready() {
    state = State.READY;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public @Nullable ShownFleet fleet() {
    return fleet.shown();
  }

  @Override
  public synchronized List<Each> tunnels() {
    return running.values().stream().map(this::seen).toList();
  }

  private Each seen(Running each) {
    LoadedTunnel loaded = each.loaded;
    SslReload reload = loaded.reload();
    return new Each(
        loaded.name(),
        each.tunnel.setting().side().name().toLowerCase(Locale.ROOT),
        each.tunnel.stats(),
        each.tunnel.open(),
        ShownTarget.of(each.tunnel),
        address(loaded.name()),
        reload == null ? List.of() : reload.context().chains());
  }

  // ---- other tunnels than before

  /**
   * Takes over what a file says now: tunnels that are new begin, those that are gone end when their
   * connections have, those that were told something else do it from the next connection on, and
   * those that were told the same load their files again. When one of them cannot work nothing
   * changes.
   *
   * @throws RuntimeException when one cannot work; its message says why
   */
  synchronized void change(Map<String, TunnelOptions> tunnels) {
    if (state == State.DRAINING) {
      return;
    }
    Map<String, LoadedTunnel> fresh = new LinkedHashMap<>();
    try {
      tunnels.forEach((name, options) -> {
        Running before = running.get(name);
        if (before == null || !before.loaded.options().isSame(options)) {
          fresh.put(name, LoadedTunnel.load(name, options, watchedEvery, log, fleet));
        }
      });
      fresh.values().forEach(this::requireFree);
    } catch (RuntimeException e) {
      fresh.values().forEach(LoadedTunnel::close);
      throw e;
    }
    List<String> gone =
        running.keySet().stream().filter(name -> !tunnels.containsKey(name)).toList();
    gone.forEach(name -> {
      end(name);
      given.release(name);
    });
    fresh.forEach(this::endElsewhere); // all of them before one begins: two may swap
    loadAgain();
    fresh.forEach(this::begin);
    log.tell("configured", "tunnels", running.size(), "changed", fresh.size(), "gone", gone.size());
  }

  /** Where no tunnel of this process listens, and none did. */
  private void requireFree(LoadedTunnel fresh) {
    String where = fresh.options().listenText();
    boolean moves =
        running.containsKey(fresh.name())
            && running.values().stream()
                .noneMatch(each -> each.loaded.options().listenText().equals(where));
    if (moves && given.unclaimed().isEmpty()) {
      TunnelAddresses.requireFree(fresh.name(), fresh.setting().listen());
    }
  }

  /** Ends one that has to listen anew. */
  private void endElsewhere(String name, LoadedTunnel fresh) {
    Running before = running.get(name);
    if (before != null && !before.loaded.options().listensAs(fresh.options())) {
      end(name);
      if (!before.loaded.options().listenText().equals(fresh.options().listenText())) {
        given.release(name);
      }
    }
  }

  private void begin(String name, LoadedTunnel loaded) {
    Running before = running.get(name);
    if (before == null) {
      TunnelAddresses.removeStale(loaded.setting().listen().unix());
      Running next = new Running(loaded, new Tunnel(loaded.setting(), log));
      running.put(name, next);
      onEach(here -> begin(here, next));
      return;
    }
    Running next = new Running(loaded, before.tunnel);
    running.put(name, next);
    next.tunnel.change(loaded.setting());
    before.loaded.close();
    onEach(here -> here.change(next));
  }

  private void begin(LoopShares here, Running next) {
    String name = next.loaded.name();
    try {
      listen(here, next);
    } catch (RuntimeException e) {
      String code = e instanceof TcpError error ? error.code() : "settings";
      log.tell("not-listening", "tunnel", name, "code", code, "why", e.getMessage());
      forget(name, next); // so that the next change tries again
      return;
    }
    if (here.isFirst()) {
      log.tell("listening", "tunnel", name, "address", address(name));
    }
  }

  /** Other loops may listen there already. What they accepted goes on to its end. */
  private synchronized void forget(String name, Running failed) {
    Running now = running.get(name);
    if (now == null || now.tunnel != failed.tunnel) {
      return; // another loop's failure was heard before
    }
    running.remove(name);
    now.loaded.close();
    onEach(here -> {
      Tunnel.Share share = here.of(name);
      if (share != null && share.tunnel() == failed.tunnel) {
        withdraw(name, share);
        here.drop(name);
      }
    });
  }

  private synchronized void withdraw(String name, Tunnel.Share share) {
    servers.remove(name, share.server());
  }

  private void end(String name) {
    Running before = running.remove(name);
    if (before == null) {
      return;
    }
    before.loaded.close();
    servers.remove(name);
    onEach(here -> here.drop(name));
  }

  private void onEach(Consumer<LoopShares> action) {
    LoopGroup all = group;
    if (all != null) {
      all.execute(loop -> {
        LoopShares here = loops.get(loop);
        if (here != null) {
          action.accept(here);
        }
      });
    }
  }

  // ---- another process takes over

  /** What it listens by. A server is not among {@link #servers} from before it is closed. */
  synchronized void offer(HandOver.Offer offer) throws IOException {
    if (state == State.DRAINING) {
      throw new IOException("this process is about to end");
    }
    for (Map.Entry<String, TcpServer> each : servers.entrySet()) {
      offer.socket(each.getKey(), each.getValue().descriptors());
    }
  }

  /**
   * Another process serves: returns when this one accepts no more. Its connections go on to their
   * end, for which there is no limit but their own.
   */
  void handOver(int pid) {
    CompletableFuture<Void> acceptsNoMore;
    synchronized (this) {
      state = State.DRAINING;
      log.tell("handed-over", "pid", pid);
      given.handOver();
      acceptsNoMore =
          onAll(LoopShares::handOver)
              // What one loop had accepted for another has come there a round later.
              .thenCompose(_ -> onAll(here -> {}));
    }
    acceptsNoMore.join();
    onEach(here -> here.drain(null));
  }

  /** Completed when each loop has done it. */
  private CompletableFuture<Void> onAll(Consumer<LoopShares> action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(loops.size());
    onEach(here -> {
      action.accept(here);
      if (left.decrementAndGet() == 0) {
        done.complete(null);
      }
    });
    return done;
  }

  // ---- the end

  /**
   * Each loop ends when its last connection has, or the time is over.
   *
   * @param isOthers whether another process has the sockets, or is about to serve by them: the
   *     files of Unix-domain sockets are that one's then
   */
  synchronized void stop(Duration drain, boolean isOthers) {
    state = State.DRAINING;
    log.tell("stopping", "drain-seconds", drain.toMillis() / 1000.0);
    if (isOthers) {
      given.handOver();
    } else {
      given.close(); // else clients would wait in a queue that nobody takes from
    }
    try {
      onEach(here -> {
        if (isOthers) {
          here.handOver();
        }
        here.drain(drain);
      });
    } catch (IllegalStateException e) {
      log.tell("stopped"); // the loops have ended by themselves
    }
  }

  @Override
  public synchronized void close() {
    running.values().forEach(each -> each.loaded.close());
  }
}
