package dev.ferrule.cli.tunnel;

import dev.ferrule.EventLoop;
import dev.ferrule.ServerSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import dev.ferrule.cli.tunnel.Setting.Listen;
import dev.ferrule.cli.tunnel.Setting.Side;
import dev.ferrule.cli.tunnel.TunnelStats.Count;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.Notice;
import dev.ferrule.event.TcpAcceptError;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpError;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServerSetup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel: for each connection that comes in it opens one to a target, and passes on what each of
 * the two sends. It has a share on each loop; what is counted and bounded is counted over all of
 * them.
 */
public final class Tunnel {
  private static final Duration COUNTED_EVERY = Duration.ofSeconds(5);

  private volatile Setting setting;
  final EventLog log;
  final TunnelStats stats;
  final Occupancy occupancy;
  private final KernelNotices kernelNotices = new KernelNotices();

  /** A tunnel that listens nowhere yet. */
  public Tunnel(Setting setting, EventLog log) {
    this.setting = setting;
    this.log = log;
    this.stats = new TunnelStats();
    this.occupancy = new Occupancy(setting.bounds().connections(), setting.bounds().perAddress());
  }

  /** What it is told to do. Any thread. */
  public Setting setting() {
    return setting;
  }

  /**
   * Does something else from the next connection on; those that are open go on as they began. Where
   * and how it listens stays: {@link Share#changed} follows on each loop. Any thread.
   */
  public void change(Setting next) {
    setting = next;
    occupancy.bounds(next.bounds().connections(), next.bounds().perAddress());
  }

  /** What it has done. Any thread. */
  public TunnelStats stats() {
    return stats;
  }

  /** What the owner should know. Any thread. */
  void noticed(Event event) {
    if (kernelNotices.isNew(event.message())) {
      log.tell("notice", "tunnel", setting.name(), "what", event.message());
    }
  }

  /** Connections of clients that are open. Any thread. */
  public int open() {
    return occupancy.open();
  }

  /**
   * Listens on a loop, in its thread; by sockets that listen already where descriptors are given.
   */
  public Share listen(EventLoop loop, List<Integer> descriptors) {
    return new Share(loop, descriptors);
  }

  /** The part of a tunnel that one loop serves; used in its thread. */
  public final class Share {
    final EventLoop loop;
    final Set<Passage> passages = new HashSet<>();
    private final TcpServer server;
    private @Nullable ByteBuffer scratch;
    private @Nullable Runnable drained;
    private Timer looking;

    private Share(EventLoop loop, List<Integer> descriptors) {
      this.loop = loop;
      this.server = serve(descriptors);
      this.looking = lookOften();
    }

    private Timer lookOften() {
      Duration every = setting.bounds().lookedAtEvery();
      return loop.interval(every == null ? COUNTED_EVERY : every, this::look);
    }

    /** The tunnel was told something else. */
    public void changed() {
      looking.cancel();
      looking = lookOften();
    }

    private TcpServer serve(List<Integer> descriptors) {
      Listen at = setting.listen();
      if (setting.side() == Side.SERVER && setting.startTls() == null) {
        SslServerSetup setup =
            at.unix() == null
                ? Ssl.server(loop, at.host(), at.port())
                : Ssl.server(loop, at.unix());
        setup.context(setting.currentContext());
        if (setting.admission() != null) {
          setup.admission(setting.admission());
        }
        setup.onSecure(
            (socket, session) -> of(socket, passage -> passage.secured(socket, session)));
        return common(setup, descriptors).open();
      }
      Tcp.Server setup =
          at.unix() == null ? Tcp.server(loop, at.host(), at.port()) : Tcp.server(loop, at.unix());
      if (setting.side() == Side.PASS) {
        setup.onStream((socket, stream) -> of(socket, passage -> passage.hello(stream)));
      }
      return common(setup, descriptors).open();
    }

    private <S extends TcpSocket, V extends TcpServer, B extends ServerSetup<S, V, B>> B common(
        B setup, List<Integer> descriptors) {
      setting.listening().accept(setup);
      if (!descriptors.isEmpty()) {
        int[] others = descriptors.stream().skip(1).mapToInt(Integer::intValue).toArray();
        setup.descriptors(descriptors.getFirst(), others);
      }
      return setup
          .halfOpen()
          .maxUnread(Bounds.WAITING)
          .handshakeTimeout(setting.bounds().handshake())
          .onConnect(this::accepted)
          .onEvent(this::heard)
          .onClose((TcpSocket socket) -> of(socket, Passage::frontClosed));
    }

    private void accepted(TcpSocket socket) {
      stats.add(Count.ACCEPTED);
      InetSocketAddress peer = client(socket);
      InetAddress address = peer == null ? null : peer.getAddress();
      String bound = occupancy.enter(address);
      if (bound != null) {
        stats.add(Count.REFUSED);
        stats.limited(bound);
        log.note("refused", "tunnel", setting.name(), "peer", shown(peer), "limit", bound);
        socket.abort();
        return;
      }
      Passage passage = new Passage(this, socket, peer);
      passages.add(passage);
      socket.attach(passage);
      passage.begin();
    }

    private void heard(Event event) {
      if (event instanceof TcpAcceptError || event instanceof Notice) {
        noticed(event);
      } else if (event instanceof TcpEof end) {
        of(end.socket(), Passage::frontEnded);
      } else if (event instanceof TcpError error && error.socket() instanceof TcpSocket socket) {
        if (socket.attachment() == null) {
          before(socket, error);
        }
        of(socket, passage -> passage.frontFailed(error));
      }
    }

    /** It failed before it counted as accepted: by its PROXY header, mostly. */
    private void before(TcpSocket socket, EventError error) {
      log.note(
          "refused",
          "tunnel",
          setting.name(),
          "peer",
          shown(client(socket)),
          "code",
          error.code(),
          "why",
          error.message());
    }

    private void of(TcpSocket socket, Consumer<Passage> call) {
      if (socket.attachment() instanceof Passage passage) {
        call.accept(passage);
      }
    }

    /** Bytes of one client's beginning, for a moment. */
    ByteBuffer scratch() {
      ByteBuffer bytes = scratch;
      if (bytes == null) {
        bytes = ByteBuffer.allocate((int) Bounds.WAITING);
        scratch = bytes;
      }
      return bytes.clear();
    }

    private void look() {
      long now = System.nanoTime();
      for (Passage each : new ArrayList<>(passages)) {
        each.look(now);
      }
    }

    void ended(Passage passage) {
      passages.remove(passage);
      tellDrained();
    }

    private void tellDrained() {
      Runnable callback = drained;
      if (callback != null && passages.isEmpty()) {
        drained = null;
        looking.cancel();
        callback.run();
      }
    }

    /** Where it listens. */
    public TcpServer server() {
      return server;
    }

    /** Stops listening, for another process does by the same sockets. */
    public void handOver() {
      server.closeHandedOver();
    }

    /** Stops listening; {@code whenDone} hears that the last connection has ended. */
    public void drain(Runnable whenDone) {
      server.close();
      drained = whenDone;
      tellDrained();
    }

    /** Cuts the connections that are left: how many. */
    public int cut() {
      List<Passage> left = List.copyOf(passages);
      left.forEach(passage -> passage.cut("drain"));
      return left.size();
    }

    /** What it is a share of. */
    public Tunnel tunnel() {
      return Tunnel.this;
    }
  }

  /**
   * The client's address: its proxy's word for it where it comes through one, or the proxy's own
   * where that speaks for itself (LOCAL) or does not know.
   */
  static @Nullable InetSocketAddress client(TcpSocket socket) {
    var said = socket.proxied().flatMap(ProxyHeader::source);
    if (said.isPresent()) {
      return said.get();
    }
    return socket.remoteAddress() instanceof InetSocketAddress inet ? inet : null;
  }

  static String shown(@Nullable InetSocketAddress address) {
    if (address == null) {
      return "unix";
    }
    InetAddress at = address.getAddress();
    String host = at == null ? address.getHostString() : at.getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
