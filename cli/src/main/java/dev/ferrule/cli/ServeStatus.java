package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.cli.status.Observed;
import dev.ferrule.cli.status.ShownFleet;
import dev.ferrule.cli.tunnel.EventLog;
import dev.ferrule.cli.tunnel.TunnelStats;
import dev.ferrule.cli.tunnel.TunnelStats.Count;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReloadEvent;
import dev.ferrule.ssl.SslSession;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What {@code ferrule serve --status} tells: counts of all loops, and the last events. */
final class ServeStatus implements Observed, AutoCloseable {
  private static final Duration COUNTED_EVERY = Duration.ofSeconds(5);
  private static final int LINES = 100; // a second; they are kept for the page, and not written

  private final TunnelStats stats = new TunnelStats();
  private final AtomicInteger open = new AtomicInteger();
  private final Map<EventLoop, Set<ServedConnection>> connections = new ConcurrentHashMap<>();
  private final EventLog log;
  private final @Nullable SslReload reload;
  private final FleetOptions fleet;
  private volatile @Nullable String address;
  private volatile State state = State.STARTING;

  /** {@code reload}: null without SSL. */
  ServeStatus(@Nullable SslReload reload, FleetOptions fleet) {
    this.reload = reload;
    this.fleet = fleet;
    this.log = new EventLog(EventLog.Format.text, LINES, InstantSource.system(), _ -> {}, _ -> {});
  }

  EventLog log() {
    return log;
  }

  /** Counts bytes of connections that stay open; in each loop's thread, before it serves. */
  void begin(EventLoop loop) {
    Set<ServedConnection> here = new HashSet<>();
    connections.put(loop, here);
    loop.interval(COUNTED_EVERY, () -> here.forEach(each -> each.count(this::count)));
  }

  /** All loops listen. */
  void ready(String listening) {
    address = listening;
    state = State.READY;
  }

  void draining() {
    state = State.DRAINING;
    log.tell("stopping");
  }

  void reloaded(SslReloadEvent event) {
    log.tell("reloading", "what", event.message());
  }

  void ofFleet(String kind, String message) {
    log.tell("fleet", "kind", kind, "what", message);
  }

  void accepted(ServedConnection connection) {
    stats.add(Count.ACCEPTED);
    open.incrementAndGet();
    here(connection).add(connection);
  }

  void secured(SslSession session) {
    stats.add(session.resumed() ? Count.RESUMED_HANDSHAKES : Count.FULL_HANDSHAKES);
  }

  /** It failed; before it was in, that was its handshake. */
  void failed(ServedConnection connection, String peer, String code) {
    if (connection.fails() && !connection.hasArrived()) {
      stats.handshakeFailed(code);
      log.note("handshake-failed", "peer", peer, "code", code);
    }
  }

  void closed(ServedConnection connection) {
    connection.count(this::count);
    here(connection).remove(connection);
    stats.add(connection.hasFailed() ? Count.CUT : Count.CLOSED);
    open.decrementAndGet();
  }

  private Set<ServedConnection> here(ServedConnection connection) {
    return connections.getOrDefault(connection.socket().loop(), new HashSet<>());
  }

  private void count(long received, long sent) {
    stats.add(Count.BYTES_FROM_CLIENTS, received);
    stats.add(Count.BYTES_FROM_TARGETS, sent);
  }

  @Override
  public Kind kind() {
    return Kind.SERVER;
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
  public List<Each> tunnels() {
    return List.of(
        new Each(
            "serve",
            reload == null ? "plain" : "server",
            stats,
            open.get(),
            List.of(),
            address,
            reload == null ? List.of() : reload.context().chains()));
  }

  @Override
  public void close() {
    log.close();
  }
}
