package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.Notice;
import dev.ferrule.jfr.StallWatch;
import dev.ferrule.loop.Loop;
import dev.ferrule.loop.TurnHandle;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What moves the bytes of one socket: its link, its wire, and where in its life it is. What comes
 * in is in {@link Input}, what goes out in {@link Output}, how it begins in {@link Opening}, how it
 * ends in {@link Closing}, and how it fails in {@link Failing}. Belongs to the loop's thread; the
 * socket is the handle that the program holds, and an upgrade gives the connection a new one.
 *
 * <pre>
 *  CONNECTING --link up--> SECURING --handshake done--> OPEN --close--> DRAINING --all sent, FIN-->
 *   LINGERING --peer's FIN--> CLOSED.      OPEN --upgrade--> SECURING (another wire)
 *  OPEN --unwrap--> OPEN (waits for close_notify) --both have said it--> OPEN (a plain wire)
 *  Any state --abort, reset, time limit--> CLOSED; --failure of the wire--> DRAINING (its alert).
 * </pre>
 *
 * A plain wire has no handshake: it is OPEN when the link is up. A close before OPEN waits for it
 * when something is queued. CLOSED releases the link in the last phase of the turn, so that a close
 * inside a callback pulls nothing from under its feet.
 *
 * <p>Whatever changes its state calls {@link #changed}. At the end of that dispatch {@link #settle}
 * makes the one write and tells poller, again-list and timer what the connection waits for: that
 * follows from its state, here and nowhere else.
 */
public final class Connection implements TurnHandle, Link.Ready {
  /** Where in its life a connection is. */
  public enum State {
    /** Its name is resolved, its addresses are tried. */
    CONNECTING,
    /** The handshake goes on. */
    SECURING,
    /** Bytes go both ways. */
    OPEN,
    /** What is queued goes out, then close_notify and FIN. */
    DRAINING,
    /** Waits for the peer's FIN. */
    LINGERING,
    /** Nothing more can happen. */
    CLOSED
  }

  final Loop loop;
  final WriteQueue queue;
  final TimeLimits times;
  private final Opening opening;
  private final Input in;
  private final Output out;
  private final Closing closing;
  private final Failing failing;
  private final Kind kind;
  private Limits limits;
  private Callbacks callbacks;
  private Endpoint socket;
  final long openedNanos;
  State state = State.CONNECTING;
  @Nullable Link link;
  @Nullable Outlet outlet;
  @Nullable Wire wire;
  @Nullable Connector connector;
  @Nullable Unwrapping unwrapping;
  int want = Wire.READ;
  boolean taskRuns;
  int watched; // what the poller was last told
  boolean onAgainList;
  private boolean onChangedList;

  /** A connection of {@code socket}, which has no link yet. */
  public Connection(
      Loop loop,
      Endpoint socket,
      Transport transport,
      Callbacks callbacks,
      Limits limits,
      Kind kind) {
    this.loop = loop;
    this.socket = socket;
    this.callbacks = callbacks;
    this.limits = limits;
    this.kind = kind;
    this.queue = new WriteQueue(loop.buffers());
    this.opening = new Opening(this, transport);
    this.in = new Input(this);
    this.out = new Output(this);
    this.closing = new Closing(this);
    this.failing = new Failing(this);
    this.times = new TimeLimits(this);
    this.openedNanos = loop.clock();
    loop.handles().add(this);
    changed();
  }

  // ---- what the poller and the loop call

  /** It has its link: a server has accepted it, or a client's attempt was the first to connect. */
  public void connected(Link connected) {
    step(() -> opening.connected(connected));
  }

  /** Does something for it; where there is no memory for that, it alone fails. */
  void step(Runnable step) {
    try {
      step.run();
    } catch (OutOfMemoryError e) {
      failing.outOfMemory(e);
    }
  }

  @Override
  public void ready(int ops) {
    StallWatch watch = loop.measure();
    if (watch == null) {
      dispatch(ops);
      return;
    }
    try {
      dispatch(ops);
    } finally {
      watch.ends("connection", stalling());
    }
  }

  private void dispatch(int ops) {
    try {
      received(ops);
    } catch (OutOfMemoryError e) {
      failing.outOfMemory(e);
    }
    loop.settle();
  }

  private void received(int ops) {
    changed();
    if ((ops & Link.WRITE) != 0) {
      out.flush();
    }
    if ((ops & Link.READ) != 0) {
      switch (state) {
        case SECURING -> {
          times.received();
          opening.handshake();
        }
        case OPEN -> {
          times.received(); // bytes, if not yet a whole record of them
          in.readable();
        }
        case DRAINING, LINGERING -> closing.discard();
        case CONNECTING, CLOSED -> {}
      }
    }
  }

  /** What a call left to do, callbacks of writes, waiting input. */
  @Override
  public void again() {
    StallWatch watch = loop.measure();
    try {
      goOn();
    } catch (OutOfMemoryError e) {
      failing.outOfMemory(e);
    } finally {
      if (watch != null) {
        watch.ends("connection", stalling());
      }
    }
  }

  /** What computes, when it was none of the program's callbacks. */
  private Object stalling() {
    Wire current = wire;
    return current == null ? this : current;
  }

  private void goOn() {
    onAgainList = false;
    changed();
    failing.failIfDue();
    if (state == State.CLOSED) {
      return;
    }
    out.again();
    if (roomIsBack()) {
      if (state == State.SECURING) {
        opening.handshake();
      } else {
        want = Wire.READ;
        in.readable();
      }
    }
    in.again();
    Unwrapping ends = unwrapping;
    if (ends != null && ends.isDue()) {
      ends.finishIfDue();
      in.again();
    }
    closing.again();
  }

  /** The wire waited for room in the outlet, and there is some. */
  private boolean roomIsBack() {
    return want == Wire.WRITE
        && (state == State.SECURING || state == State.OPEN)
        && !taskRuns
        && outlet != null
        && !outlet.clogged();
  }

  /** Something changed, or is about to: it is settled at the end of this dispatch. */
  public void changed() {
    if (!onChangedList && state != State.CLOSED) {
      onChangedList = true;
      loop.changed(this);
    }
  }

  @Override
  public void settle() {
    onChangedList = false;
    try {
      out.flush();
    } catch (OutOfMemoryError e) { // for what its peer does not take yet
      failing.outOfMemory(e);
    }
    if (state == State.CLOSED) {
      return;
    }
    watch();
    if (!onAgainList && hasWork()) {
      onAgainList = true;
      loop.again(this);
    }
    times.settle();
  }

  /** Whether it can go on without the poller. */
  boolean hasWork() {
    return failing.failsSoon()
        || out.hasWork()
        || roomIsBack()
        || in.hasWork()
        || closing.hasWork()
        || (unwrapping != null && unwrapping.isDue());
  }

  /** The one place that tells the poller what to watch. */
  private void watch() {
    Link current = link;
    int ops = interest();
    if (current != null && ops != watched) {
      watched = ops;
      current.interest(ops);
    }
  }

  /** What the poller shall watch. */
  private int interest() {
    if (state == State.CONNECTING || state == State.CLOSED) {
      return 0;
    }
    boolean reads =
        switch (state) {
          case SECURING -> want == Wire.READ && !taskRuns && !failing.failsSoon();
          case OPEN -> !taskRuns && in.wanted();
          default -> !in.ended();
        };
    int ops = reads ? Link.READ : 0;
    return outlet != null && outlet.clogged() ? ops | Link.WRITE : ops;
  }

  @Override
  public @Nullable String violation() {
    return Liveness.violation(this);
  }

  // ---- how it ends

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public void close() {
    closing.close();
  }

  @Override
  public void release() {
    try {
      closing.release();
    } finally {
      callbacks.endings.forEach(ending -> ending.ended(failing.failure()));
    }
  }

  @Override
  public void drop() {
    closing.drop();
    callbacks.endings.forEach(Ending::loopEnded);
  }

  /** What it had is another connection's now: nothing of it is left to end. */
  void givenAway() {
    link = null;
    outlet = null;
    wire = null;
    state = State.CLOSED;
    times.end();
    loop.handles().remove(this);
  }

  // ---- calling the program

  /** Calls back; what the callback throws is told, or leaves the loop. */
  void call(Consumer<? super Endpoint> callback) {
    TurnHandle before = loop.calling(this);
    StallWatch watch = loop.measure();
    try {
      callback.accept(socket);
    } catch (RuntimeException e) {
      loop.invoker().callbackFailed(callbacks.event, e, socket);
    } finally {
      loop.calling(before);
      if (watch != null) {
        watch.ends("callback", callback);
      }
    }
  }

  // ---- facts, and what a socket asks of it

  /** The loop it belongs to. */
  public Loop loop() {
    return loop;
  }

  /** How it becomes open. */
  public Opening opening() {
    return opening;
  }

  /** What comes in. */
  public Input in() {
    return in;
  }

  /** What goes out. */
  public Output out() {
    return out;
  }

  /** How it ends. */
  public Closing closing() {
    return closing;
  }

  /** How it fails. */
  public Failing failing() {
    return failing;
  }

  /** The socket that the program holds. */
  public Endpoint socket() {
    return socket;
  }

  /** Its link; null before it is connected. */
  public @Nullable Link link() {
    return link;
  }

  /** The address of its client or server for people; null before it is connected. */
  @Nullable String peer() {
    Link current = link;
    SocketAddress address = current == null ? null : opening.client(current);
    return address == null ? null : Addresses.text(address);
  }

  /** Where in its life it is. */
  public State state() {
    return state;
  }

  /** Tells the program, in a later turn: it may be inside a call of the wire. */
  public void notice(String sentence) {
    loop.executeIfRunning(() -> EventDelivery.tell(this, new Notice(socket, sentence)));
  }

  /** Whether its wire is the identity. */
  public boolean isPlain() {
    return wire instanceof PlainWire || (state == State.CONNECTING && opening.isPlain());
  }

  /** Whether it is open, and waits to be plain again. */
  public boolean unwraps() {
    return unwrapping != null && state == State.OPEN;
  }

  /** Whether its socket's own wire is the identity; that of SSL to a proxy may be below. */
  public boolean speaksPlain() {
    return isPlain() || (wire != null && NestedWire.own(wire) instanceof PlainWire);
  }

  /** Whether it has yet to get through the proxies on its way. */
  public boolean isTunnelling() {
    return wire instanceof TunnelWire || (state == State.CONNECTING && opening.isBehind());
  }

  /** Whether it was asked to be plain again. */
  public boolean isUnwrapping() {
    return unwrapping != null;
  }

  /** From now on it is another socket's. */
  void handOver(Endpoint next, Callbacks calls, Limits bounds) {
    boolean nagle = limits.nagle() != bounds.nagle();
    socket = next;
    callbacks = calls;
    limits = bounds;
    changed();
    Link current = link;
    if (nagle && current != null && state != State.CONNECTING) {
      try {
        current.noDelay(!bounds.nagle());
      } catch (IOException e) {
        failing.failSoon(e);
      }
    }
  }

  /** Its limits. */
  public Limits limits() {
    return limits;
  }

  /** Gives it other limits. */
  public void limits(Limits others) {
    limits = others;
    changed();
  }

  /** Its callbacks, not to be changed here. */
  public Callbacks callbacks() {
    return callbacks;
  }

  /** Its callbacks, to be changed for this connection alone. */
  public Callbacks changeCallbacks() {
    callbacks = callbacks.copy();
    changed();
    return callbacks;
  }

  /** Silence counts from now: the limit for it was set. */
  public void readLimitBegins() {
    times.readLimitBegins();
  }
}
