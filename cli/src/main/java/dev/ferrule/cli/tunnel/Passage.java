package dev.ferrule.cli.tunnel;

import dev.ferrule.AsyncStream;
import dev.ferrule.Relay;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.cli.tunnel.Setting.Side;
import dev.ferrule.cli.tunnel.Targets.Target;
import dev.ferrule.cli.tunnel.TunnelStats.Count;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.KernelTls;
import dev.ferrule.ssl.SslSession;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection through a tunnel, from the client's end to the target's. Loop's thread.
 *
 * <pre>
 *  ARRIVING (the client's hello, STARTTLS, handshake) --> CONNECTING (a target, or the next one)
 *    --> RELAYING --both have ended--> ENDED.  Any of them --failure, bound--> ENDED (cut)
 * </pre>
 *
 * A protocol whose server speaks first is CONNECTING before STARTTLS, and ARRIVING again with the
 * target's greeting.
 */
final class Passage {
  private enum Stage {
    ARRIVING,
    CONNECTING,
    RELAYING,
    ENDED
  }

  private final Tunnel.Share share;
  private final Setting setting; // of the moment at which it came
  private final @Nullable InetSocketAddress client;
  private final long began = System.nanoTime();
  private TcpSocket front;
  private Stage stage = Stage.ARRIVING;
  private @Nullable Beginning beginning = new Beginning();
  private @Nullable Approach approach;
  private @Nullable Relay relay;
  private long fromClient; // counted so far
  private long fromTarget;
  private long moved = began; // when a byte was last passed on
  private @Nullable String reason; // that it was cut for
  private Count outcome = Count.CUT; // where it does not end in order

  /** What is of use until it relays. */
  private static final class Beginning {
    final Set<Target> tried = new HashSet<>();
    @Nullable Arrival arrival;
    @Nullable Targets targets;
    @Nullable SslSession session;
    @Nullable String serverName;
    @Nullable TcpSocket reached; // a target that waits for the client
  }

  Passage(Tunnel.Share share, TcpSocket front, @Nullable InetSocketAddress client) {
    this.share = share;
    this.setting = share.tunnel().setting();
    this.front = front;
    this.client = client;
  }

  Tunnel tunnel() {
    return share.tunnel();
  }

  Setting setting() {
    return setting;
  }

  private Beginning beginning() {
    Beginning current = beginning;
    if (current == null) {
      throw new IllegalStateException("it relays already");
    }
    return current;
  }

  // ---- the client arrives

  /** The client is there. */
  void begin() {
    if (setting.side() == Side.CLIENT) {
      choose(null);
      return;
    }
    Arrival arrival = new Arrival(this, share);
    beginning().arrival = arrival;
    arrival.begin(front);
    if (arrival.needsGreeting()) {
      choose(null);
    }
  }

  /** The client's first bytes are there; its SSL is not ended here. */
  void hello(AsyncStream stream) {
    Beginning current = beginning;
    if (stage == Stage.ARRIVING && current != null && current.arrival != null) {
      current.arrival.hello(stream);
    }
  }

  /** Its handshake begins: the socket that it came by is of no use any more. */
  void wrapped(TcpSocket socket) {
    front = socket;
  }

  /** Its handshake is done, and it may come in. */
  void secured(TcpSocket socket, SslSession session) {
    front = socket;
    count(session);
    Beginning current = beginning();
    current.session = session;
    endArrival();
    TcpSocket there = current.reached;
    if (there == null) {
      choose(session.serverName().orElse(null));
    } else {
      relay(there); // it was connected for its greeting
    }
  }

  private void count(SslSession session) {
    tunnel().stats.add(session.resumed() ? Count.RESUMED_HANDSHAKES : Count.FULL_HANDSHAKES);
  }

  /** The client sends no more. That is the target's matter, unless it was to ask for one first. */
  void frontEnded() {
    Beginning current = beginning;
    boolean asking = setting.side() != Side.PASS || stage == Stage.ARRIVING;
    if (current != null && current.arrival != null && asking) {
      current.arrival.ended();
    }
  }

  /** The event callback of the client's end. */
  void frontFailed(EventError error) {
    if (beginning == null) {
      return; // the relay knows
    }
    if (stage == Stage.ARRIVING) {
      notArrived(error.code(), error.message());
    }
    reason = reason == null ? error.code() : reason;
  }

  /** It did not get as far as to be led to a target. */
  void notArrived(String code, @Nullable String why) {
    if (reason != null) {
      return; // it was refused, and takes its time to leave
    }
    tunnel().stats.handshakeFailed(code);
    note("handshake-failed", "code", code, "why", why);
    reason = code;
  }

  // ---- the target is connected to

  /** Looks for a target; {@code name} is what the client asks for. */
  void choose(@Nullable String name) {
    if (setting.side() == Side.PASS) {
      endArrival(); // that name was all that is asked of the client
    }
    Beginning current = beginning();
    current.serverName = name;
    current.targets = setting.routes().of(name);
    if (current.targets == null) {
      note("refused", "limit", "route", "sni", name);
      outcome = Count.REFUSED;
      cut("route");
      return;
    }
    connect();
  }

  private void endArrival() {
    Arrival arrival = beginning().arrival;
    if (arrival != null) {
      arrival.end();
    }
  }

  private void connect() {
    stage = Stage.CONNECTING;
    Beginning current = beginning();
    Targets targets = current.targets;
    Target next = targets == null ? null : targets.choose(current.tried, System.nanoTime());
    if (next == null) {
      outcome = Count.UNREACHABLE;
      cut("unreachable");
      return;
    }
    current.tried.add(next);
    next.opening();
    Approach fresh = new Approach(this, share.loop, next);
    approach = fresh;
    fresh.begin(ProxyHeaders.of(setting, front, current.session, current.serverName));
  }

  /**
   * The target is there.
   *
   * @param session of its handshake; null where there was none
   * @param greeting what it said before STARTTLS; empty for nothing
   */
  void reached(TcpSocket socket, @Nullable SslSession session, byte[] greeting) {
    Approach made = approach;
    if (stage != Stage.CONNECTING || made == null) {
      socket.abort();
      return;
    }
    if (made.target().succeeded()) {
      tunnel().log.tell("target-up", "tunnel", name(), "target", made.target().destination());
    }
    Beginning current = beginning();
    if (session != null) {
      count(session);
      current.session = session;
    }
    Arrival arrival = current.arrival;
    if (arrival != null && arrival.needsGreeting()) {
      stage = Stage.ARRIVING;
      current.reached = socket;
      arrival.greet(socket);
      return;
    }
    if (greeting.length > 0) {
      front.write(greeting);
    }
    relay(socket);
  }

  /** The target could not be reached, or failed before it was used; {@link #gone} follows. */
  void failed(Target target, String code, @Nullable String why) {
    if (relay != null) {
      return; // it was reached, and the relay knows
    }
    note("target-failed", "target", target.destination(), "code", code, "why", why);
    if (target.failed(System.nanoTime())) {
      tunnel()
          .log
          .tell("target-down", "tunnel", name(), "target", target.destination(), "code", code);
    }
  }

  /** Whether the target that was reached is to speak first, and has not. */
  boolean awaitsGreeting() {
    Beginning current = beginning;
    return current != null
        && current.reached != null
        && current.arrival != null
        && current.arrival.needsGreeting();
  }

  /** A target failed that had been reached, and that the client is not led to yet. */
  void lost(EventError error) {
    if (beginning != null) { // else the relay knows
      reason = reason == null ? error.code() : reason;
    }
  }

  /** The target's socket is gone. */
  void gone(Approach ended) {
    if (relay != null || ended != approach) {
      return; // whoever ended it has counted
    }
    ended.target().closed();
    approach = null;
    if (stage == Stage.CONNECTING && !front.isClosed()) {
      connect();
    } else {
      reason = reason == null ? "target-left" : reason; // in the middle of STARTTLS
      front.abort();
    }
  }

  // ---- both are there

  private void relay(TcpSocket there) {
    Approach made = approach;
    if (front.isClosed() || made == null) {
      there.abort();
      return;
    }
    Beginning before = beginning();
    SslSession session = before.session;
    note(
        "open",
        "target",
        made.target().destination(),
        "protocol",
        session == null ? null : session.protocol(),
        "cipher",
        session == null ? null : session.cipher(),
        "resumed",
        session == null ? null : session.resumed(),
        "kernel",
        session == null || session.kernel() == KernelTls.NONE ? null : session.kernel(),
        "sni",
        before.serverName,
        "identity",
        session == null || setting.side() == Side.CLIENT ? null : session.peer().orElse(null));
    beginning = null;
    stage = Stage.RELAYING;
    Relay joined = Tcp.relay(front, there);
    relay = joined;
    moved = System.nanoTime();
    joined.onEnd(this::relayEnded);
  }

  private void relayEnded(Relay done) {
    count(done);
    EventError failure = done.failure();
    if (reason == null && failure != null) {
      reason = failure.code();
    }
    end(reason == null ? "closed" : reason, reason == null);
  }

  /** The client's end is gone. */
  void frontClosed() {
    if (relay != null || stage == Stage.ENDED) {
      return;
    }
    Approach made = approach;
    end(reason == null ? "left" : reason, false);
    if (made != null) {
      made.abort();
    }
  }

  private void end(String why, boolean inOrder) {
    if (beginning != null) {
      endArrival();
    }
    stage = Stage.ENDED;
    Tunnel tunnel = tunnel();
    tunnel.stats.add(inOrder ? Count.CLOSED : outcome);
    tunnel.occupancy.leave(client == null ? null : client.getAddress());
    if (approach != null) {
      approach.target().closed();
      approach = null; // its socket may close after this, and counts no second time
    }
    note(
        "end",
        "reason",
        why,
        "seconds",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) / 1000.0,
        "in",
        fromClient,
        "out",
        fromTarget);
    share.ended(this);
  }

  private void count(Relay joined) {
    long in = joined.bytesFromFirst();
    long out = joined.bytesFromSecond();
    if (in != fromClient || out != fromTarget) {
      TunnelStats stats = tunnel().stats;
      stats.add(Count.BYTES_FROM_CLIENTS, in - fromClient);
      stats.add(Count.BYTES_FROM_TARGETS, out - fromTarget);
      fromClient = in;
      fromTarget = out;
      moved = System.nanoTime();
    }
  }

  /** Counts what was passed on, and looks at the limits. */
  void look(long now) {
    Bounds bounds = setting.bounds();
    Relay joined = relay;
    if (joined != null && stage == Stage.RELAYING) {
      count(joined);
      if (bounds.idle() != null && now - moved > bounds.idle().toNanos()) {
        cut("idle");
        return;
      }
    }
    Duration lifetime = bounds.lifetime();
    if (lifetime != null && now - began > lifetime.toNanos()) {
      cut("lifetime");
    }
  }

  /** This side ends it: neither peer shall take that for a clean end. */
  void cut(String by) {
    if (stage == Stage.ENDED) {
      return;
    }
    if (reason == null) {
      reason = by;
      tunnel().stats.limited(by);
    }
    front.abort();
    Approach made = approach;
    if (made != null) {
      made.abort();
    }
  }

  private String name() {
    return setting.name();
  }

  /** Adds a line about this connection to the log. */
  void note(String event, @Nullable Object... more) {
    @Nullable Object[] fields = new @Nullable Object[4 + more.length];
    fields[0] = "tunnel";
    fields[1] = name();
    fields[2] = "peer";
    fields[3] = Tunnel.shown(client);
    System.arraycopy(more, 0, fields, 4, more.length);
    tunnel().log.note(event, fields);
  }
}
