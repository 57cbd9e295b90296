package dev.ferrule.tests.race;

import dev.ferrule.tests.race.Fate.End;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * RFC 8305 5 in other words than the code's: when which address is tried, and who wins. Times are
 * in nanoseconds since the begin.
 */
final class RaceModel {
  static final Duration LIMIT = Duration.ofSeconds(30);
  static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final int MOST_AT_ONCE = 16;

  private record Running(InetSocketAddress address, long ends, boolean wins) {}

  private final List<InetSocketAddress> order;
  private final Map<? extends java.net.SocketAddress, Fate> fates;
  private final long delay;
  private final boolean shakes;
  private final List<Running> running = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();
  private long now;
  private int next;
  private long nextDue = Long.MAX_VALUE;

  RaceModel(
      List<InetSocketAddress> order,
      Map<? extends java.net.SocketAddress, Fate> fates,
      Duration delay,
      boolean shakes) {
    this.order = order;
    this.fates = fates;
    long share = LIMIT.toNanos() / order.size();
    this.delay = Math.max(Duration.ofMillis(10).toNanos(), Math.min(delay.toNanos(), share));
    this.shakes = shakes && order.size() > 1;
  }

  /** What has to happen, the outcome last. */
  List<String> run() {
    begin();
    while (true) {
      Running first = first();
      long event = Math.min(first == null ? Long.MAX_VALUE : first.ends, nextDue);
      if (event == Long.MAX_VALUE && running.isEmpty()) {
        return outcome("failed", now);
      }
      if (event >= LIMIT.toNanos()) {
        return outcome("timeout", LIMIT.toNanos());
      }
      now = event;
      if (nextDue == event) {
        begin();
      } else if (first != null && first.wins) {
        return outcome("won " + host(first.address), now);
      } else if (first != null) {
        running.remove(first);
        begin();
      }
    }
  }

  private @Nullable Running first() {
    Running first = null;
    for (Running one : running) {
      first = first == null || one.ends < first.ends ? one : first;
    }
    return first;
  }

  private void begin() {
    nextDue = Long.MAX_VALUE;
    while (next < order.size()) {
      InetSocketAddress address = order.get(next++);
      if (running.size() == MOST_AT_ONCE) {
        running.removeFirst();
      }
      trace.add("try " + host(address) + " at " + now);
      Fate fate = fates.get(address);
      if (fate.tcp() != End.AT_ONCE) {
        running.add(running(address, fate));
        nextDue = next < order.size() ? now + delay : Long.MAX_VALUE;
        return;
      }
    }
  }

  private Running running(InetSocketAddress address, Fate fate) {
    long connected = now + fate.connects().toNanos();
    return switch (fate.tcp()) {
      case SILENT -> new Running(address, Long.MAX_VALUE, false);
      case FAILED -> new Running(address, connected, false);
      case DONE, AT_ONCE -> shakes ? shaking(address, fate, connected) : won(address, connected);
    };
  }

  private static Running won(InetSocketAddress address, long when) {
    return new Running(address, when, true);
  }

  private static Running shaking(InetSocketAddress address, Fate fate, long connected) {
    boolean silent = fate.handshake() == End.SILENT;
    long ends = connected + (silent ? HANDSHAKE : fate.shakes()).toNanos();
    return new Running(address, ends, fate.handshake() == End.DONE);
  }

  private List<String> outcome(String what, long when) {
    trace.add(what + " at " + when);
    return trace;
  }

  static String host(InetSocketAddress address) {
    return address.getAddress().getHostAddress();
  }
}
