package dev.ferrule;

import dev.ferrule.event.Event;
import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What moves the bytes of one socket: its link, its wire, and where in its life it is. What comes
 * in is in {@link Inbound}, what goes out in {@link Outbound}, how it ends in {@link Ending}.
 * Belongs to the loop's thread; {@link TcpSocket} is the handle the program holds, and an upgrade
 * gives the lane a new one.
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
 */
final class Lane {
  enum State {
    CONNECTING,
    SECURING,
    OPEN,
    DRAINING,
    LINGERING,
    CLOSED
  }

  final EventLoop loop;
  final boolean accepted;
  final Outbox outbox;
  final Inbound in = new Inbound(this);
  final Outbound out = new Outbound(this);
  final Ending ending = new Ending(this);
  final Deadlines deadlines = new Deadlines(this);
  Limits limits;
  Callbacks callbacks;
  TcpSocket socket;
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

  Lane(EventLoop loop, TcpSocket socket, Callbacks callbacks, Limits limits, boolean accepted) {
    this.loop = loop;
    this.socket = socket;
    this.callbacks = callbacks;
    this.limits = limits;
    this.accepted = accepted;
    this.outbox = new Outbox(loop.buffers());
    loop.holdings().add(this, accepted);
  }

  // ---- its way up

  /** The link is there: connected by the connector, or accepted by a server. */
  void connected(Link up) {
    connector = null;
    link = up;
    up.attach(this::ready);
    try {
      up.noDelay(!limits.nagle());
      install(socket);
    } catch (IOException | RuntimeException e) {
      ending.fail(Failures.of(e, socket));
      return;
    }
    if (wire instanceof PlainWire) {
      opened(); // before the callback, which may upgrade it
    }
    Consumer<TcpSocket> callback = callbacks.connect;
    if (callback != null && !ending.asked()) {
      call(callback);
    }
    proceed();
  }

  /** Puts the wire of {@code owner} on the link. */
  private void install(TcpSocket owner) throws IOException {
    Link up = link;
    if (up == null) {
      throw new IllegalStateException("no link yet");
    }
    state = State.SECURING;
    want = Wire.READ;
    deadlines.handshakeBegins();
    Wire old = wire;
    wire = owner.wire(up, loop.buffers(), memory -> replaceOutlet(up, memory));
    if (old != null) {
      old.release();
    }
  }

  /** The new wire may want other memory; what the old one left unsent goes first. */
  private Outlet replaceOutlet(Link up, Memory memory) throws IOException {
    Outlet fresh = new Outlet(up, loop.buffers(), memory, out::flush);
    fresh.onYield(this::noteAgain);
    Outlet old = outlet;
    if (old != null) {
      old.flush();
      outbox.moveTo(old);
      old.moveTo(fresh);
    }
    outlet = fresh;
    return fresh;
  }

  /**
   * Hands the lane to {@code next} and puts its wire on. From here on nothing goes out over the old
   * wire, whatever fails: the program already writes what nobody else may read.
   */
  void upgrade(TcpSocket next) {
    socket = next;
    try {
      install(next);
    } catch (IOException | RuntimeException e) {
      ending.failSoon(e);
      return;
    }
    // Later: the call must have returned before the handshake's callbacks come.
    loop.executeIfRunning(this::proceed);
  }

  /** As {@link #upgrade}, but it must not be: the socket fails soon, and sends nothing before. */
  void refuseUpgrade(TcpSocket next, TcpError reason) {
    socket = next;
    state = State.SECURING;
    deadlines.handshakeBegins();
    ending.failSoon(reason);
  }

  /** Goes on with whatever comes next, after connecting, a task, or an upgrade. */
  void proceed() {
    switch (state) {
      case SECURING -> handshake();
      case OPEN -> {
        if (ending.asked()) {
          ending.drain();
        } else {
          out.flush();
          noteAgain();
        }
      }
      case DRAINING -> out.flush();
      case CONNECTING, LINGERING, CLOSED -> {}
    }
    loop.guard().finishDispatch();
    watch();
  }

  private void handshake() {
    Wire on = wire;
    if (on == null || taskRuns || ending.failsSoon()) {
      return;
    }
    try {
      want = on.handshake();
    } catch (IOException | RuntimeException e) {
      ending.fail(Failures.of(e, socket));
      return;
    }
    switch (want) {
      case Wire.DONE -> secured(on);
      case Wire.TASK -> runTask(on);
      default -> {} // the poller, or the flush at the end of this dispatch, brings us back
    }
  }

  private void opened() {
    state = State.OPEN;
    want = Wire.READ;
    deadlines.handshakeEnds();
  }

  private void secured(Wire on) {
    opened();
    if (!outbox.isEmpty() || outbox.isDirty() || out.ended()) {
      out.flush(); // what was held goes first, in order
    }
    if (state != State.OPEN) {
      return;
    }
    if (ending.asked()) {
      ending.drain();
      return;
    }
    try {
      socket.secured();
    } catch (RuntimeException e) {
      loop.guard().callbackFailed(callbacks.event, e, socket);
    }
    if (state == State.OPEN && on.buffered()) {
      in.readable(); // now, so that one write carries the end of the handshake and the answer
    }
  }

  void runTask(Wire on) {
    taskRuns = true;
    Runnable task = on.task();
    Inbox.Chore done = this::taskDone;
    Runnable whole =
        () -> {
          try {
            task.run(); // what it throws comes out of the wire's next call
          } finally {
            if (loop.inLoop() && handingOver) {
              taskRuns = false; // the executor ran it here and now: no way through the inbox
            } else if (!loop.executeIfRunning(done)) {
              on.release(); // the loop is gone, and left this to whoever is last
            }
          }
        };
    handingOver = true;
    try {
      loop.tasks().execute(whole);
    } catch (RejectedExecutionException e) {
      taskRuns = false;
      ending.fail(new TcpError("EREJECTED", "the executor for tasks took no more work", socket, e));
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
      } else {
        noteAgain();
      }
    }
  }

  private void taskDone() {
    taskRuns = false;
    if (state == State.CLOSED) {
      ending.releaseWire();
      return;
    }
    want = Wire.READ;
    proceed();
  }

  // ---- what the poller and the loop call

  private void ready(int ops) {
    if ((ops & Link.WRITE) != 0) {
      out.flush();
    }
    if ((ops & Link.READ) != 0) {
      switch (state) {
        case SECURING -> handshake();
        case OPEN -> {
          deadlines.received(); // bytes, if not yet a whole record of them
          in.readable();
        }
        case DRAINING, LINGERING -> ending.discard();
        case CONNECTING, CLOSED -> {}
      }
    }
    loop.guard().finishDispatch();
    watch();
  }

  /** Its turn on the again-list: what a call left to do, callbacks of flushes, waiting input. */
  void again() {
    onAgainList = false;
    ending.failIfDue();
    if (state == State.CLOSED) {
      return;
    }
    out.again();
    if (state == State.SECURING && want == Wire.WRITE && outlet != null && !outlet.clogged()) {
      handshake();
    }
    in.again();
    loop.guard().finishDispatch();
    watch();
  }

  void noteAgain() {
    if (!onAgainList && state != State.CLOSED) {
      onAgainList = true;
      loop.again(this);
    }
  }

  // ---- small things

  /** Whether a call to end it does something; closed is closed, from wherever and whenever. */
  boolean acts() {
    if (state == State.CLOSED) {
      return false;
    }
    loop.check();
    return true;
  }

  void call(Consumer<? super TcpSocket> callback) {
    try {
      callback.accept(socket);
    } catch (RuntimeException e) {
      loop.guard().callbackFailed(callbacks.event, e, socket);
    }
  }

  void tell(Event event) {
    loop.guard().tell(callbacks.event, event);
  }

  /** The one place that tells the poller what to watch. */
  void watch() {
    Link on = link;
    if (on == null || state == State.CONNECTING || state == State.CLOSED) {
      return;
    }
    boolean reads =
        switch (state) {
          case SECURING -> want == Wire.READ && !taskRuns && !ending.failsSoon();
          case OPEN -> !taskRuns && in.wanted();
          default -> !in.ended();
        };
    int ops = reads ? Link.READ : 0;
    if (outlet != null && outlet.clogged()) {
      ops |= Link.WRITE;
    }
    if (ops != watched) {
      boolean readingBegins = (ops & ~watched & Link.READ) != 0;
      watched = ops;
      on.interest(ops);
      if (readingBegins && state == State.OPEN) {
        readsAgain();
      }
    }
  }

  /** Reading was paused: its limit counts from now, and the wire may hold something already. */
  private void readsAgain() {
    deadlines.readingBegins();
    Wire on = wire;
    if (on != null && on.buffered()) {
      noteAgain();
    }
  }
}
