package dev.ferrule.tests.race;

import dev.ferrule.LoopSetup;
import dev.ferrule.loop.LoopSettings;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.ManualClock;
import dev.ferrule.tests.race.Fate.End;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network whose addresses have their fates, on a clock that moves when nothing else does. It
 * writes down what begins when. A link becomes readable when its handshake ends.
 */
final class ScriptedNetwork implements PollerProvider, Poller {
  private final ManualClock clock = new ManualClock();
  private final long start = clock.getAsLong();
  private final Map<SocketAddress, Fate> fates;
  private final List<ScriptedLink> links = new ArrayList<>();
  final List<String> trace = new ArrayList<>();
  private boolean woken;

  ScriptedNetwork(Map<SocketAddress, Fate> fates) {
    this.fates = fates;
  }

  LoopSetup setup() {
    LoopSettings settings = new LoopSettings();
    settings.clock = clock;
    settings.lookups = Runnable::run;
    return new LoopSetup(settings).poller(this).tasks(Runnable::run);
  }

  void note(String what) {
    trace.add(what + " at " + clock.since(start).toNanos());
  }

  List<ScriptedLink> links() {
    return links;
  }

  @Override
  public Link connect(SocketAddress remote) throws IOException {
    String host = ((InetSocketAddress) remote).getAddress().getHostAddress();
    note("try " + host);
    Fate fate = fates.get(remote);
    if (fate == null || fate.tcp() == End.AT_ONCE) {
      throw new LinkException(LinkException.Kind.OTHER, "no route", null);
    }
    ScriptedLink link = new ScriptedLink(remote, fate, clock.getAsLong());
    links.add(link);
    return link;
  }

  @Override
  public void poll(long nanos) {
    if (woken || dispatch() || nanos == 0) {
      woken = false;
      return;
    }
    long now = clock.getAsLong();
    long wait = nanos < 0 ? Long.MAX_VALUE : nanos;
    for (ScriptedLink link : links) {
      long due = link.nextChange() - now;
      wait = due > 0 ? Math.min(wait, due) : wait;
    }
    if (wait == Long.MAX_VALUE) {
      throw new AssertionError("the loop waits for ever; " + trace);
    }
    clock.advance(Duration.ofNanos(wait));
    dispatch();
  }

  private boolean dispatch() {
    boolean any = false;
    for (ScriptedLink link : List.copyOf(links)) {
      any |= link.tell();
    }
    return any;
  }

  @Override
  public Listener listen(SocketAddress local, int backlog) {
    throw new UnsupportedOperationException("nobody serves here");
  }

  @Override
  public void wake() {
    woken = true;
  }

  @Override
  public void close() {}

  @Override
  public String name() {
    return "scripted";
  }

  @Override
  public int rank() {
    return -1;
  }

  @Override
  public String version() {
    return "memory";
  }

  @Override
  public @Nullable String unavailable() {
    return null;
  }

  @Override
  public Poller open() {
    return this;
  }

  /** How a link ended. */
  enum Ended {
    NO,
    CLOSED,
    ABORTED
  }

  /** A link that lives as its fate says. */
  final class ScriptedLink implements Link {
    private final SocketAddress remote;
    final Fate fate;
    private final long connectedAt;
    private final long shakenAt;
    private Ready ready = ops -> {};
    private int interest;
    private boolean connected;
    Ended ended = Ended.NO;
    int written;

    ScriptedLink(SocketAddress remote, Fate fate, long now) {
      this.remote = remote;
      this.fate = fate;
      this.connectedAt = now + fate.connects().toNanos();
      this.shakenAt = connectedAt + fate.shakes().toNanos();
    }

    long nextChange() {
      if (ended != Ended.NO) {
        return 0;
      }
      if (!connected) {
        return fate.tcp() == End.SILENT ? 0 : connectedAt;
      }
      return fate.handshake() == End.SILENT ? 0 : shakenAt;
    }

    boolean isConnected() {
      return fate.tcp() != End.SILENT && clock.getAsLong() - connectedAt >= 0;
    }

    boolean isShaken() {
      return fate.handshake() != End.SILENT && clock.getAsLong() - shakenAt >= 0;
    }

    boolean tell() {
      int ops = isConnected() ? WRITE : 0;
      ops |= connected && isShaken() ? READ : 0;
      if (ended != Ended.NO || (ops & interest) == 0) {
        return false;
      }
      ready.ready(ops & interest);
      return true;
    }

    @Override
    public void attach(Ready hears) {
      ready = hears;
    }

    @Override
    public void interest(int ops) {
      interest = ops;
    }

    @Override
    public boolean finishConnect() throws IOException {
      if (!isConnected()) {
        return false;
      }
      if (fate.tcp() == End.FAILED) {
        throw new LinkException(LinkException.Kind.REFUSED, "nobody listens", null);
      }
      connected = true;
      return true;
    }

    @Override
    public int read(ByteBuffer destination) {
      return 0;
    }

    @Override
    public int write(ByteBuffer source) {
      int n = source.remaining();
      source.position(source.limit());
      written += n;
      return n;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public void close() {
      ended = ended == Ended.NO ? Ended.CLOSED : ended;
    }

    @Override
    public void abort() {
      ended = ended == Ended.NO ? Ended.ABORTED : ended;
    }

    @Override
    public void noDelay(boolean disabled) {}

    @Override
    public @Nullable SocketAddress localAddress() {
      return null;
    }

    @Override
    public SocketAddress remoteAddress() {
      return remote;
    }
  }
}
