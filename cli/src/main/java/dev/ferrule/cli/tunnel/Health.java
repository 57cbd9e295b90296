package dev.ferrule.cli.tunnel;

import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import dev.ferrule.cli.tunnel.Setting.Side;
import dev.ferrule.cli.tunnel.Targets.Target;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.ssl.SslError;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Connects to each target of a tunnel from time to time, with the handshake where the tunnel has
 * one, and leaves out those that fail. One check of a target at a time; on one loop.
 */
public final class Health {
  private static final Duration LEAVING = Duration.ofMillis(500);

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
          new Check(target).begin();
        }
      }
    }
  }

  /**
   * One check of one target. The target is told that it is over, and has a moment to go: a server
   * of TLS 1.3 refuses a client's certificate when the client takes the handshake for done.
   */
  private final class Check {
    private final Target target;
    private @Nullable Timer leaving; // not null when it was reached
    private @Nullable EventError failure;

    Check(Target target) {
      this.target = target;
    }

    void begin() {
      Destination to = target.destination();
      if (setting.side() == Side.CLIENT && setting.startTls() == null) {
        var secure = to.secure(loop).context(setting.currentContext());
        String name = setting.serverName();
        if (name != null) {
          secure.serverName(name);
        }
        open(secure.onSecure((socket, session) -> reached(socket)));
      } else {
        open(to.plain(loop).onConnect(this::reached));
      }
    }

    private <B extends ClientSetup<?, B>> void open(ClientSetup<?, B> setup) {
      if (setting.proxyHeader() > 0) {
        setup.proxyHeader(ProxyHeader.local()); // the target waits for a header
      }
      Destination.limited(setup, setting.bounds())
          .onEvent(this::heard)
          .onClose(this::closed)
          .open();
    }

    private void reached(TcpSocket socket) {
      leaving = loop.delay(LEAVING, socket::abort); // it need not read, or ever end
      socket.close();
    }

    private void heard(Event event) {
      if (event instanceof EventError error && (leaving == null || isRefusal(error))) {
        failure = error;
      }
    }

    /** Other errors are about how it ended: who was reached works. */
    private static boolean isRefusal(EventError error) {
      return error instanceof SslError ssl
          && ssl.side() == SslError.Side.PEER
          && ssl.alert().isPresent();
    }

    private void closed() {
      if (leaving != null) {
        leaving.cancel();
      }
      checking.remove(target);
      EventError error = failure;
      if (error == null && leaving != null) {
        works(target);
      } else if (error != null) {
        failed(target, error);
      }
    }
  }

  private void works(Target target) {
    if (target.succeeded()) {
      tunnel.log.tell(
          "target-up", "tunnel", tunnel.setting().name(), "target", target.destination());
    }
  }

  private void failed(Target target, EventError error) {
    if (target.unhealthy(System.nanoTime())) {
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
