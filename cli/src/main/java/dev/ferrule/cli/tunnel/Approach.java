package dev.ferrule.cli.tunnel;

import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import dev.ferrule.cli.starttls.Dialogue;
import dev.ferrule.cli.starttls.Refused;
import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.cli.tunnel.Setting.Side;
import dev.ferrule.cli.tunnel.Targets.Target;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.Notice;
import dev.ferrule.event.TcpEof;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect to a target: with a handshake, or STARTTLS and a handshake, where the
 * tunnel speaks SSL with targets. Loop's thread.
 */
final class Approach {
  private final Setting setting;
  private final EventLoop loop;
  private final Target target;
  private final Passage owner;
  private @Nullable TcpSocket socket;
  private @Nullable Timer limit;
  private byte[] greeting = {};
  private boolean reached; // what comes then is not about connecting

  Approach(Passage owner, EventLoop loop, Target target) {
    this.owner = owner;
    this.setting = owner.setting();
    this.loop = loop;
    this.target = target;
  }

  Target target() {
    return target;
  }

  void begin(@Nullable ProxyHeader header) {
    Destination to = target.destination();
    StartTls startTls = setting.startTls();
    if (setting.side() == Side.CLIENT && startTls == null) {
      var secure = to.secure(loop).context(setting.currentContext());
      String name = setting.serverName();
      if (name != null) {
        secure.serverName(name);
      }
      secure.onSecure(this::secured);
      open(secure, header);
      return;
    }
    Tcp.Client plain = to.plain(loop);
    if (setting.side() == Side.CLIENT && startTls != null) {
      ask(plain, startTls.dialogue(serverName()));
    } else {
      plain.onConnect(connected -> reached(connected, null));
    }
    open(plain, header);
  }

  private void open(ClientSetup<?, ?> setup, @Nullable ProxyHeader header) {
    if (header != null) {
      setup.proxyHeader(header);
    }
    socket =
        Destination.limited(setup, setting.bounds())
            .onEvent(this::heard)
            .onClose(this::closed)
            .open();
  }

  private void ask(Tcp.Client plain, Dialogue dialogue) {
    plain.onConnect(connected -> {
      limit = loop.delay(setting.bounds().handshake(), this::tooLong);
      dialogue.begin(connected::write);
    });
    plain.onRead((connected, data) -> {
      try {
        if (dialogue.hear(data, connected::write)) {
          greeting = dialogue.greeting();
          wrap(connected);
        }
      } catch (Refused e) {
        owner.failed(target, "STARTTLS", e.getMessage());
        connected.abort();
      }
    });
  }

  private void wrap(TcpSocket plain) {
    endLimit();
    Bounds bounds = setting.bounds();
    socket =
        Ssl.wrap(plain)
            .asClient(serverName())
            .context(setting.currentContext())
            .halfOpen()
            .maxUnread(Bounds.WAITING)
            .handshakeTimeout(bounds.handshake())
            .onStream((connected, stream) -> {}) // what comes is for the client
            .onSecure(this::secured)
            .onEvent(this::heard)
            .onClose(this::closed)
            .open();
  }

  private String serverName() {
    String name = setting.serverName();
    return name == null ? target.destination().host() : name;
  }

  private void tooLong() {
    owner.failed(target, "ETIMEDOUT", "no agreement on STARTTLS in time");
    abort();
  }

  private void secured(SslSocket secure, SslSession session) {
    reached(secure, session);
  }

  private void reached(TcpSocket connected, @Nullable SslSession session) {
    reached = true;
    owner.reached(connected, session, greeting);
  }

  private void heard(Event event) {
    if (event instanceof TcpEof && (limit != null || owner.awaitsGreeting())) {
      owner.failed(target, "STARTTLS", "the target ended before TLS began");
      abort();
      return;
    }
    if (event instanceof Notice) {
      owner.tunnel().noticed(event);
    } else if (event instanceof EventError error && reached) {
      owner.lost(error);
    } else if (event instanceof EventError error) {
      if (error instanceof SslError) {
        owner.tunnel().stats.handshakeFailed(error.code());
      }
      owner.failed(target, error.code(), error.message());
    }
  }

  private void closed() {
    endLimit();
    owner.gone(this);
  }

  private void endLimit() {
    if (limit != null) {
      limit.cancel();
      limit = null;
    }
  }

  void abort() {
    if (socket != null) {
      socket.abort();
    }
  }
}
