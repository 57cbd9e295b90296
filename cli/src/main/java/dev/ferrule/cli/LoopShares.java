package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpServer;
import dev.ferrule.Timer;
import dev.ferrule.cli.TunnelService.Running;
import dev.ferrule.cli.tunnel.Health;
import dev.ferrule.cli.tunnel.Tunnel;
import dev.ferrule.ssl.SslServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The shares of one loop in the tunnels of a {@link TunnelService}. Used in the loop's thread. */
final class LoopShares {
  private final EventLoop loop;
  private final Map<String, Tunnel.Share> shares = new HashMap<>();
  private final Set<Tunnel.Share> ending = new HashSet<>(); // of tunnels that are gone
  private final Map<String, Timer> health = new HashMap<>(); // on the first loop only

  LoopShares(EventLoop loop) {
    this.loop = loop;
  }

  boolean isFirst() {
    return loop.number() == 0;
  }

  /** Listens, by the sockets that were given where there are any. */
  TcpServer listen(Running each, List<Integer> given) {
    Tunnel.Share share = each.tunnel().listen(loop, given);
    shares.put(each.loaded().name(), share);
    supply(each, share);
    checkHealth(each);
    return share.server();
  }

  /** The tunnel was told something else. */
  void change(Running next) {
    Tunnel.Share share = shares.get(next.loaded().name());
    if (share != null) {
      share.changed();
      supply(next, share);
      checkHealth(next);
    }
  }

  private static void supply(Running each, Tunnel.Share share) {
    if (each.loaded().reload() != null && share.server() instanceof SslServer server) {
      each.loaded().reload().supply(server);
    }
  }

  private void checkHealth(Running each) {
    Timer before = health.remove(each.loaded().name());
    if (before != null) {
      before.cancel();
    }
    Duration every = each.loaded().options().health();
    if (every != null && isFirst()) {
      health.put(each.loaded().name(), Health.begin(each.tunnel(), loop, every));
    }
  }

  /** Its share in a tunnel; null when it has none. */
  Tunnel.@Nullable Share of(String name) {
    return shares.get(name);
  }

  /** Ends its share in a tunnel, whose connections go on to their end. */
  void drop(String name) {
    Tunnel.Share share = shares.remove(name);
    Timer checks = health.remove(name);
    if (checks != null) {
      checks.cancel();
    }
    if (share != null) {
      ending.add(share);
      share.drain(() -> ending.remove(share));
    }
  }

  /** Another process accepts by the same sockets. */
  void handOver() {
    shares.values().forEach(Tunnel.Share::handOver);
  }

  /** The loop ends when its last connection has, or the time is over; null is without a limit. */
  void drain(@Nullable Duration time) {
    health.values().forEach(Timer::cancel); // nobody comes who could be led elsewhere
    health.clear();
    List<Tunnel.Share> all = new ArrayList<>(shares.values());
    all.addAll(ending);
    if (all.isEmpty()) {
      loop.exit();
    }
    AtomicInteger busy = new AtomicInteger(all.size());
    for (Tunnel.Share share : all) {
      share.drain(() -> {
        if (busy.decrementAndGet() == 0) {
          loop.exit();
        }
      });
    }
    if (time != null) {
      loop.delay(
          time,
          () -> {
            all.forEach(Tunnel.Share::cut);
            loop.exit();
          });
    }
  }
}
