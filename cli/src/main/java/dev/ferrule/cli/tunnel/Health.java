package dev.ferrule.cli.tunnel;

import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.Timer;
import dev.ferrule.cli.tunnel.Setting.Side;
import dev.ferrule.cli.tunnel.Targets.Target;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.proxy.ProxyHeader;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Connects to each target of a tunnel from time to time, with the handshake where the tunnel has
 * one, and leaves out those that fail. One check of a target at a time; on one loop.
 */
public final class Health {
  private final Tunnel tunnel;
  private final Setting setting;
  private final EventLoop loop;
  private final Set<Target> checking = new HashSet<>();

  private Health(Tunnel tunnel, EventLoop loop) {
    this.tunnel = tunnel;
    this.setting = tunnel.setting();
    this.loop = loop;
  }

  /** Begins with a check at once, for the targets that it has now; the timer ends it. */
  public static Timer begin(Tunnel tunnel, EventLoop loop, Duration every) {
    Health health = new Health(tunnel, loop);
    health.check();
    return loop.interval(every, health::check);
  }

  private void check() {
    for (Targets each : setting.routes().all()) {
      for (Target target : each.all()) {
        if (checking.add(target)) {
          check(target);
        }
      }
    }
  }

  private void check(Target target) {
    Destination to = target.destination();
    if (setting.side() == Side.CLIENT && setting.startTls() == null) {
      var secure = to.secure(loop).context(setting.currentContext());
      String name = setting.serverName();
      if (name != null) {
        secure.serverName(name);
      }
      secure.onSecure((socket, session) -> {
        works(target);
        socket.close();
      });
      limited(secure)
          .onEvent(event -> heard(target, event))
          .onClose(() -> checking.remove(target))
          .open();
      return;
    }
    var plain = to.plain(loop);
    plain.onConnect(socket -> {
      works(target);
      socket.close();
    });
    limited(plain)
        .onEvent(event -> heard(target, event))
        .onClose(() -> checking.remove(target))
        .open();
  }

  private <B extends ClientSetup<?, B>> B limited(ClientSetup<?, B> setup) {
    if (setting.proxyHeader() > 0) {
      setup.proxyHeader(ProxyHeader.local()); // the target waits for a header
    }
    return Destination.limited(setup, setting.bounds());
  }

  private void works(Target target) {
    if (target.succeeded()) {
      tunnel.log.tell(
          "target-up", "tunnel", tunnel.setting().name(), "target", target.destination());
    }
  }

  private void heard(Target target, Event event) {
    if (event instanceof EventError error && target.unhealthy(System.nanoTime())) {
      tunnel.log.tell(
          "target-down",
          "tunnel",
          tunnel.setting().name(),
          "target",
          target.destination(),
          "code",
          error.code(),
          "why",
          error.message());
    }
  }
}
