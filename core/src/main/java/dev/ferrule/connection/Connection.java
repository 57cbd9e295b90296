package dev.ferrule.connection;

import dev.ferrule.event.CallbackError;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpError;
import dev.ferrule.loop.Inbox;
import dev.ferrule.loop.Loop;
import dev.ferrule.loop.LoopSettings;
import dev.ferrule.loop.TurnHandle;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What moves the bytes of one socket: its link, its wire, and where in its life it is. What comes
 * in is in {@link Input}, what goes out in {@link Output}, how it ends in {@link Closing}. Belongs
 * to the loop's thread; the socket is the handle that the program holds, and an upgrade gives the
 * connection a new one.
 *
 * <pre>
 *  CONNECTING --link up--> SECURING --handshake done--> OPEN --close--> DRAINING --all sent, FIN-->
 *   LINGERING --peer's FIN--> CLOSED.      OPEN --upgrade--> SECURING (another wire)
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
public final class Connection implements TurnHandle {
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
  private final Input in;
  private final Output out;
  private final Closing closing;
  private final Kind kind;
  private Limits limits;
  private Callbacks callbacks;
  private Endpoint socket;
  private Transport transport;
  State state = State.CONNECTING;
  @Nullable Link link;
  @Nullable Outlet outlet;
  @Nullable Wire wire;
  @Nullable Connector connector;
  int want = Wire.READ;
  boolean taskRuns;
  private boolean handingOver; // a task to the executor, just now; read on the loop's thread only
  private int watched; // what the poller was last told
  private boolean onAgainList;
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
    this.transport = transport;
    this.callbacks = callbacks;
    this.limits = limits;
    this.kind = kind;
    this.queue = new WriteQueue(loop.buffers());
    this.in = new Input(this);
    this.out = new Output(this);
    this.closing = new Closing(this);
    this.times = new TimeLimits(this);
    loop.handles().add(this);
    changed();
  }

  // ---- its way up

  /** Connects to a host, by name or address. */
  public void connect(String host, int port) {
    connector = Connector.toHost(this, host, port);
    times.connectBegins();
  }

  /** Connects to an address. */
  public void connect(SocketAddress address) {
    connector = Connector.toAddress(this, address);
    times.connectBegins();
  }

  /** The link is there: connected by the connector, or accepted by a server. */
  public void connected(Link opened) {
    connector = null;
    link = opened;
    opened.attach(this::ready);
    changed();
    try {
      opened.noDelay(!limits.nagle());
      install();
    } catch (IOException | RuntimeException e) {
      closing.fail(Failures.of(e, socket));
      return;
    }
    if (wire instanceof PlainWire) {
      opened(); // before the callback, which may upgrade it
    }
    Consumer<Endpoint> callback = callbacks.connect;
    if (callback != null && !closing.asked()) {
      call(callback);
    }
    proceed();
  }

  /** Puts the wire of its transport on the link. */
  private void install() throws IOException {
    Link opened = link;
    if (opened == null) {
      throw new IllegalStateException("no link yet");
    }
    state = State.SECURING;
    want = Wire.READ;
    times.handshakeBegins();
    Wire old = wire;
    wire = transport.wire(opened, loop.buffers(), memory -> replaceOutlet(opened, memory));
    if (old != null) {
      old.release();
    }
  }

  /** The new wire may want other memory; what was written before the upgrade goes first. */
  private Outlet replaceOutlet(Link opened, Memory memory) throws IOException {
    Outlet fresh = new Outlet(opened, loop.buffers(), memory);
    Outlet old = outlet;
    if (old != null) {
      old.flush();
      queue.moveTo(old);
      old.moveTo(fresh);
    } else {
      queue.moveTo(fresh); // wrapped before it was connected
    }
    outlet = fresh;
    return fresh;
  }

  /**
   * Hands the connection to another socket and puts its wire on, at once or when it is connected.
   * From here on nothing goes out over the old wire, whatever fails: the program already writes
   * what nobody else may read.
   */
  public void upgrade(Endpoint next, Transport over, Callbacks calls, Limits bounds) {
    handOver(next, over, calls, bounds);
    queue.upgraded();
    if (state == State.CONNECTING) {
      return;
    }
    try {
      install();
    } catch (IOException | RuntimeException e) {
      closing.failSoon(e);
      return;
    }
    want = Wire.WRITE; // later: the call must have returned before the handshake's callbacks come
  }

  /** As {@link #upgrade}, but it must not be: the socket fails soon, and sends nothing before. */
  public void refuseUpgrade(
      Endpoint next, Transport over, Callbacks calls, Limits bounds, TcpError reason) {
    handOver(next, over, calls, bounds);
    state = State.SECURING;
    times.handshakeBegins();
    closing.failSoon(reason);
  }

  private void handOver(Endpoint next, Transport over, Callbacks calls, Limits bounds) {
    socket = next;
    transport = over;
    callbacks = calls;
    limits = bounds;
    changed();
  }

  /** Goes on with whatever comes next, after connecting or a task. */
  private void proceed() {
    changed();
    if (state == State.SECURING) {
      handshake();
    } else if (state == State.OPEN && closing.asked()) {
      closing.drain();
    }
  }

  private void handshake() {
    Wire current = wire;
    if (current == null || taskRuns || closing.failsSoon()) {
      return;
    }
    try {
      want = current.handshake();
    } catch (IOException | RuntimeException e) {
      closing.fail(Failures.of(e, socket));
      return;
    }
    switch (want) {
      case Wire.DONE -> secured(current);
      case Wire.TASK -> runTask(current);
      default -> {} // the poller, or the again-list, brings us back
    }
  }

  private void opened() {
    state = State.OPEN;
    want = Wire.READ;
    times.handshakeEnds();
  }

  private void secured(Wire current) {
    opened();
    if (!queue.isEmpty() || queue.isDirty() || out.ended()) {
      out.flush(); // what was held goes first, in order
    }
    if (state != State.OPEN) {
      return;
    }
    if (closing.asked()) {
      closing.drain();
      return;
    }
    call(endpoint -> transport.secured(endpoint, current));
    if (state == State.OPEN && current.buffered()) {
      in.readable(); // now, so that one write carries the end of the handshake and the answer
    }
  }

  void runTask(Wire current) {
    taskRuns = true;
    Runnable task = current.task();
    Inbox.Chore done = this::taskDone;
    Runnable whole =
        () -> {
          try {
            task.run(); // what it throws comes out of the wire's next call
          } finally {
            if (loop.inLoop() && handingOver) {
              taskRuns = false; // the executor ran it here and now: no way through the inbox
            } else if (!loop.executeIfRunning(done)) {
              current.release(); // the loop is gone, and left this to whoever is last
            }
          }
        };
    handingOver = true;
    try {
      loop.tasks().execute(whole);
    } catch (RejectedExecutionException e) {
      taskRuns = false;
      closing.fail(
          new TcpError("EREJECTED", "the executor for tasks took no more work", socket, e));
      return;
    } catch (RuntimeException | Error e) {
      taskRuns = false; // such as no memory for a thread: it leaves the loop, which frees the wire
      throw e;
    } finally {
      handingOver = false;
    }
    if (!taskRuns) {
      want = Wire.READ;
      if (state == State.SECURING) {
        handshake(); // a handshake has few tasks, so this goes no deeper than that
      }
    }
  }

  private void taskDone() {
    taskRuns = false;
    if (state == State.CLOSED) {
      closing.releaseWire();
      return;
    }
    want = Wire.READ;
    proceed();
  }

  // ---- what the poller and the loop call

  private void ready(int ops) {
    changed();
    if ((ops & Link.WRITE) != 0) {
      out.flush();
    }
    if ((ops & Link.READ) != 0) {
      switch (state) {
        case SECURING -> {
          times.received();
          handshake();
        }
        case OPEN -> {
          times.received(); // bytes, if not yet a whole record of them
          in.readable();
        }
        case DRAINING, LINGERING -> closing.discard();
        case CONNECTING, CLOSED -> {}
      }
    }
    loop.settle();
  }

  /** What a call left to do, callbacks of writes, waiting input. */
  @Override
  public void again() {
    onAgainList = false;
    changed();
    closing.failIfDue();
    if (state == State.CLOSED) {
      return;
    }
    out.again();
    if (roomIsBack()) {
      if (state == State.SECURING) {
        handshake();
      } else {
        want = Wire.READ;
        in.readable();
      }
    }
    in.again();
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
    out.flush();
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
    return closing.failsSoon() || out.hasWork() || roomIsBack() || in.hasWork();
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
          case SECURING -> want == Wire.READ && !taskRuns && !closing.failsSoon();
          case OPEN -> !taskRuns && in.wanted();
          default -> !in.ended();
        };
    int ops = reads ? Link.READ : 0;
    return outlet != null && outlet.clogged() ? ops | Link.WRITE : ops;
  }

  /**
   * The invariants of liveness. They are said in other words than what {@link #settle} does, so
   * that a mistake there is seen.
   */
  @Override
  public @Nullable String violation() {
    if (state == State.CLOSED || state == State.CONNECTING) {
      return null;
    }
    boolean goesOn = onAgainList || taskRuns || (state == State.SECURING && want == Wire.READ);
    if (out.hasUnsent() && (watched & Link.WRITE) == 0 && !goesOn) {
      return socket + ": bytes are unsent, and nothing will send them";
    }
    boolean reads = (watched & Link.READ) != 0 || onAgainList || taskRuns;
    if (in.timed() && state == State.OPEN && !reads && (watched & Link.WRITE) == 0) {
      return socket + ": input is wanted, and nothing will bring it";
    }
    if (state == State.LINGERING && !in.ended() && (watched & Link.READ) == 0) {
      return socket + ": the peer's end is waited for, and nothing will bring it";
    }
    return times.isArmed() ? null : socket + ": a time limit runs, and has no timer";
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
    closing.release();
  }

  @Override
  public void drop() {
    closing.drop();
  }

  // ---- calling the program

  /** Calls back; what the callback throws is told, or leaves the loop. */
  void call(Consumer<? super Endpoint> callback) {
    TurnHandle before = loop.calling(this);
    try {
      callback.accept(socket);
    } catch (RuntimeException e) {
      loop.invoker().callbackFailed(callbacks.event, e, socket);
    } finally {
      loop.calling(before);
    }
  }

  /**
   * Tells an event. The errors of accepted connections that nobody asked to hear are counted: no
   * stranger ends a server.
   */
  void tell(Event event) {
    Consumer<Event> callback = callbacks.event;
    if (callback == null
        && kind == Kind.INCOMING
        && event instanceof EventError
        && !(event instanceof CallbackError)
        && loop.settings().defaultEventHandler == LoopSettings.THROW_ERRORS) {
      if (callbacks.unheard != null) {
        callbacks.unheard.run();
      }
      return;
    }
    TurnHandle before = loop.calling(this);
    try {
      loop.invoker().tell(callback, event);
    } finally {
      loop.calling(before);
    }
  }

  // ---- facts, and what a socket asks of it

  /** The loop it belongs to. */
  public Loop loop() {
    return loop;
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

  /** The socket that the program holds. */
  public Endpoint socket() {
    return socket;
  }

  /** Its link; null before it is connected. */
  public @Nullable Link link() {
    return link;
  }

  /** Where in its life it is. */
  public State state() {
    return state;
  }

  /** Whether its wire is the identity. */
  public boolean isPlain() {
    return wire instanceof PlainWire || (state == State.CONNECTING && transport == Transport.PLAIN);
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
