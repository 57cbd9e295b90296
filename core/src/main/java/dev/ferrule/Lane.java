package dev.ferrule;

import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpError;
import dev.ferrule.spi.ByteQueue;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What moves the bytes of one socket: its link, its wire, what waits between them, and where in its
 * life it is. Belongs to the loop's thread; {@link TcpSocket} is the handle the program holds, and
 * an upgrade gives the lane a new one.
 *
 * <pre>
 *  CONNECTING --link up--> SECURING --handshake done--> OPEN --close--> DRAINING --all sent, FIN-->
 *   LINGERING --peer's FIN--> CLOSED.      OPEN --upgrade--> SECURING (another wire)
 *  Any state --abort, reset, time limit--> CLOSED; --failure of the wire--> DRAINING (its alert).
 * </pre>
 *
 * A close before OPEN waits for it when something is queued. CLOSED releases the link in the last
 * phase of the turn, so that a close inside a callback pulls nothing from under its feet.
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

  /** Bytes that wait unread, in a stream or for a read callback, before reading pauses. */
  private static final int UNREAD_BOUND = 256 * 1024;

  final EventLoop loop;
  final boolean accepted;
  final Outbox outbox;
  final Deadlines deadlines = new Deadlines(this);
  Limits limits;
  Callbacks callbacks;
  TcpSocket socket;
  State state = State.CONNECTING;
  @Nullable Link link;
  @Nullable Outlet outlet;
  @Nullable Wire wire;
  @Nullable Connector connector;
  @Nullable ByteQueue unread;
  @Nullable AsyncStream stream;
  @Nullable ByteBuffer lent; // what a read callback holds just now
  private int want = Wire.READ;
  private int watched; // what the poller was last told
  private boolean taskRuns;
  private boolean closeAsked;
  private boolean inputEnded;
  private boolean outputEnded; // asked for; closeNotified and finSent tell how far it got
  private boolean closeNotified;
  private boolean finSent;
  private boolean readingOff;
  private boolean writingOff;
  private boolean held; // write said to hold off
  private boolean onAgainList;
  private boolean releasing;

  Lane(EventLoop loop, TcpSocket socket, Callbacks callbacks, Limits limits, boolean accepted) {
    this.loop = loop;
    this.socket = socket;
    this.callbacks = callbacks;
    this.limits = limits;
    this.accepted = accepted;
    this.outbox = new Outbox(loop.buffers());
    loop.add(this, accepted);
  }

  // ---- its way up

  /** The link is there: connected by the connector, or accepted by a server. */
  void connected(Link up) {
    connector = null;
    link = up;
    up.attach(this::ready);
    try {
      if (!limits.nagle()) {
        up.noDelay(true);
      }
      install(socket);
    } catch (IOException e) {
      fail(Failures.of(e, socket));
      return;
    }
    Consumer<TcpSocket> callback = callbacks.connect;
    if (callback != null) {
      call(callback);
    }
    proceed();
  }

  /** Puts the wire of {@code owner} on the link, and hands the lane to it. */
  void install(TcpSocket owner) throws IOException {
    Link up = link;
    if (up == null) {
      throw new IllegalStateException("no link yet");
    }
    Wire old = wire;
    Wire next = owner.wire(up, loop.buffers(), memory -> replaceOutlet(up, memory));
    if (old != null) {
      old.release();
    }
    wire = next;
    socket = owner;
    state = State.SECURING;
    want = Wire.READ;
    deadlines.handshakeBegins();
  }

  /** The new wire may want other memory; what the old one left unsent goes first. */
  private Outlet replaceOutlet(Link up, Memory memory) throws IOException {
    Outlet fresh = new Outlet(up, loop.buffers(), memory, this::flush);
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

  /** Goes on with whatever comes next, after connecting, a task, or an upgrade. */
  void proceed() {
    if (state == State.SECURING && !taskRuns) {
      handshake();
    } else if (state == State.OPEN && !taskRuns) {
      flush();
      noteAgain();
    }
    loop.finishDispatch();
    watch();
  }

  private void handshake() {
    Wire on = wire;
    if (on == null) {
      return;
    }
    try {
      want = on.handshake();
    } catch (IOException | TcpError e) {
      fail(Failures.of(e, socket));
      return;
    }
    switch (want) {
      case Wire.DONE -> secured(on);
      case Wire.TASK -> runTask(on);
      default -> {} // the poller, or the flush at the end of this dispatch, brings us back
    }
  }

  private void secured(Wire on) {
    state = State.OPEN;
    want = Wire.READ;
    deadlines.handshakeEnds();
    flush(); // what was held goes first, in order
    try {
      socket.secured();
    } catch (RuntimeException e) {
      loop.callbackFailed(callbacks.event, e);
    }
    if (closeAsked && state == State.OPEN) {
      drain();
    } else if (on.buffered()) {
      noteAgain();
    }
  }

  private void runTask(Wire on) {
    taskRuns = true;
    Runnable task = on.task();
    Runnable whole =
        () -> {
          try {
            task.run(); // what it throws comes out of the wire's next call
          } finally {
            loop.executeIfRunning(this::taskDone);
          }
        };
    try {
      loop.tasks().execute(whole);
    } catch (RejectedExecutionException e) {
      taskRuns = false;
      fail(new TcpError("EREJECTED", "the executor for tasks took no more work", socket, e));
    }
  }

  private void taskDone() {
    taskRuns = false;
    if (state == State.CLOSED) {
      Wire on = wire;
      if (releasing && on != null) {
        wire = null;
        on.release();
      }
      return;
    }
    want = Wire.READ;
    proceed();
  }

  // ---- what the poller and the loop call

  private void ready(int ops) {
    if ((ops & Link.WRITE) != 0) {
      flush();
      if (state == State.SECURING && want == Wire.WRITE && !taskRuns) {
        handshake();
      }
    }
    if ((ops & Link.READ) != 0) {
      readable();
    }
    loop.finishDispatch();
    watch();
  }

  private void readable() {
    switch (state) {
      case SECURING -> {
        if (!taskRuns) {
          handshake();
        }
      }
      case OPEN -> {
        if (!taskRuns && wantsInput()) {
          read();
        }
      }
      case DRAINING, LINGERING -> discard();
      case CONNECTING, CLOSED -> {}
    }
  }

  /** Its turn on the again-list: buffered input, callbacks of flushes, unread bytes. */
  void again() {
    onAgainList = false;
    tellFlushed();
    if (unread != null && callbacks.read != null && stream == null) {
      deliverUnread();
    }
    Wire on = wire;
    if (state == State.OPEN && on != null && !taskRuns && wantsInput() && on.buffered()) {
      read();
    }
    loop.finishDispatch();
    watch();
  }

  void noteAgain() {
    if (!onAgainList) {
      onAgainList = true;
      loop.again(this);
    }
  }

  // ---- in

  private void read() {
    Wire on = wire;
    if (on == null) {
      return;
    }
    ByteBuffer in = loop.buffers().plain(on.memory());
    int n;
    try {
      n = on.read(in);
    } catch (IOException | TcpError e) {
      fail(Failures.of(e, socket));
      return;
    }
    if (n > 0) {
      deadlines.received();
      deliver(in.flip());
      if (state == State.OPEN && on.buffered()) {
        noteAgain();
      }
      return;
    }
    switch (n) {
      case Wire.END -> eof(on);
      case Wire.TASK -> runTask(on);
      default -> want = n;
    }
  }

  private void deliver(ByteBuffer in) {
    if (stream != null) {
      keep(in);
      StreamCallback<TcpSocket> callback = callbacks.stream;
      if (callback != null) {
        try {
          callback.ready(socket, stream);
        } catch (RuntimeException e) {
          loop.callbackFailed(callbacks.event, e);
        }
      }
    } else if (callbacks.read == null || unread != null) {
      keep(in);
      if (callbacks.read != null) {
        deliverUnread();
      }
    } else {
      callRead(callbacks.read, in);
    }
  }

  private void callRead(ReadCallback<TcpSocket> callback, ByteBuffer in) {
    lent = in;
    try {
      callback.read(socket, in);
    } catch (RuntimeException e) {
      loop.callbackFailed(callbacks.event, e);
    } finally {
      lent = null;
    }
  }

  private void keep(ByteBuffer in) {
    if (unread == null) {
      unread = new ByteQueue(loop.buffers());
    }
    unread.put(in);
  }

  /** What came while nobody listened, a chunk at a time. */
  private void deliverUnread() {
    ByteQueue queue = unread;
    ReadCallback<TcpSocket> callback = callbacks.read;
    if (queue == null || callback == null) {
      return;
    }
    if (!queue.isEmpty()) {
      ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(queue.size(), UNREAD_BOUND));
      queue.take(chunk);
      if (queue.isEmpty()) {
        unread = null;
      }
      callRead(callback, chunk.flip());
    }
    if (unread != null) {
      noteAgain();
    }
  }

  private void eof(Wire on) {
    inputEnded = true;
    tell(new TcpEof(socket));
    if (state == State.OPEN && (outputEnded || !limits.halfOpen() || !on.halfCloses())) {
      drain();
    }
  }

  /** After close was asked nobody wants the input: it is only read to see the peer's FIN. */
  private void discard() {
    Link from = link;
    if (from == null) {
      return;
    }
    try {
      int n = from.read(loop.buffers().input(Memory.NATIVE));
      if (n < 0) {
        inputEnded = true;
        if (state == State.LINGERING) {
          closed();
        }
      }
    } catch (IOException e) {
      closed(); // the peer is gone: there is nobody to send the rest to
    }
  }

  // ---- out

  /** True: go on writing. False: hold off until the drain callback. */
  boolean write(ByteBuffer source, @Nullable Consumer<? super TcpSocket> done) {
    requireWritable();
    Outlet out = outlet;
    Wire on = wire;
    try {
      if (state == State.OPEN
          && on != null
          && out != null
          && !taskRuns
          && !writingOff
          && outbox.isEmpty()
          && !out.clogged()) {
        outbox.pass(source, on, out);
      }
      if (source.hasRemaining()) {
        queue(source);
      }
    } catch (IOException | TcpError e) {
      fail(Failures.of(e, socket));
      return false;
    }
    if (done != null) {
      outbox.mark(done, out);
    }
    if (out != null && out.isEmpty() && outbox.isEmpty() && outbox.isDirty()) {
      noteAgain(); // it went out at once: nothing else would tell
    }
    deadlines.queued();
    held = held || queued() > limits.highWater();
    return !held;
  }

  private void queue(ByteBuffer source) {
    if (outbox.size() > limits.maxQueued()) {
      throw new TcpError(
          "EOUTBOX",
          "more than "
              + limits.maxQueued()
              + " bytes wait for a peer that does not read (heed what write answers)",
          socket,
          null);
    }
    outbox.put(source);
  }

  long queued() {
    return outbox.size() + (outlet == null ? 0 : outlet.waiting());
  }

  /** The one write at the end of a dispatch, and what follows from it. */
  void flush() {
    Outlet out = outlet;
    Wire on = wire;
    if (out == null || on == null || state == State.CLOSED) {
      return;
    }
    long before = out.sent();
    try {
      out.flush();
      boolean pumps = state == State.OPEN || (state == State.DRAINING && !closeNotified);
      if (pumps && !taskRuns && !writingOff && !outbox.isEmpty()) {
        outbox.pump(on, out);
        out.flush();
      }
    } catch (IOException e) {
      fail(lastWords(on, Failures.of(e, socket)));
      return;
    } catch (TcpError e) {
      fail(Failures.of(e, socket));
      return;
    }
    if (out.sent() != before) {
      deadlines.sent();
    }
    if (want == Wire.WRITE && state == State.OPEN && !out.clogged()) {
      want = Wire.READ;
      noteAgain();
    }
    if (outbox.isDirty() || held) {
      noteAgainIfFlushed(out);
    }
    Link to = link;
    boolean ends = state == State.DRAINING || (state == State.OPEN && outputEnded);
    if (ends && to != null && outbox.isEmpty() && !taskRuns) {
      endOutput(to, on, out);
    }
    watch();
  }

  /** A link that takes nothing more may still hold the alert that says why. */
  private EventError lastWords(Wire on, EventError otherwise) {
    if (taskRuns || state.compareTo(State.OPEN) > 0) {
      return otherwise;
    }
    try {
      ByteBuffer in = loop.buffers().plain(on.memory());
      int left = 64;
      while (left-- > 0 && (state == State.SECURING ? on.handshake() : on.read(in.clear())) > 0) {}
    } catch (IOException e) {
      return otherwise;
    } catch (TcpError e) {
      return Failures.of(e, socket);
    }
    return otherwise;
  }

  private void noteAgainIfFlushed(Outlet out) {
    if (outbox.hasDone(out)
        || (outbox.isEmpty() && out.isEmpty())
        || (held && queued() <= limits.lowWater())) {
      noteAgain();
    }
  }

  /** Calls who waits for a flush: never from the flush itself, or a writer would never stop. */
  private void tellFlushed() {
    Outlet out = outlet;
    if (out == null) {
      return;
    }
    Consumer<? super TcpSocket> done;
    while ((done = outbox.nextDone(out)) != null) {
      call(done);
    }
    if (outbox.isDirty() && outbox.isEmpty() && out.isEmpty()) {
      outbox.clean();
      if (callbacks.write != null && !closeAsked && state == State.OPEN) {
        call(callbacks.write);
      }
    }
    if (held && queued() <= limits.lowWater()) {
      held = false;
      if (callbacks.drain != null && !closeAsked && state == State.OPEN) {
        call(callbacks.drain);
      }
    }
  }

  private void requireWritable() {
    loop.check();
    if (closeAsked || state.compareTo(State.OPEN) > 0) {
      throw new SocketClosed("the socket is closed: nothing can be written to it", socket);
    }
    if (outputEnded) {
      throw new SocketClosed("the output of this socket was shut down", socket);
    }
  }

  // ---- its end

  boolean isClosed() {
    return closeAsked || state.compareTo(State.OPEN) > 0;
  }

  boolean inputEnded() {
    return inputEnded;
  }

  void close() {
    if (isClosed()) {
      return;
    }
    closeAsked = true;
    if (state == State.OPEN) {
      drain();
    } else if (outbox.isEmpty()) {
      if (link == null || state == State.CONNECTING) {
        closed();
      } else {
        drain();
      }
    }
    deadlines.changed();
  }

  /** Ends this side's output after what is queued, and goes on reading. */
  void shutdownOutput() {
    requireWritable();
    outputEnded = true;
    flush();
  }

  private void drain() {
    closeAsked = true;
    state = State.DRAINING;
    deadlines.closing();
    flush();
    noteAgain();
  }

  /** All is sent? Then close_notify, then FIN, then, when closing, wait for the peer's. */
  private void endOutput(Link to, Wire on, Outlet out) {
    try {
      if (!closeNotified) {
        closeNotified = on.closeOutput() == Wire.DONE;
        out.flush();
      }
      if (!closeNotified || !out.isEmpty()) {
        return;
      }
      if (state == State.DRAINING && inputEnded) {
        closed();
        return;
      }
      if (!finSent) {
        finSent = true;
        to.shutdownOutput();
      }
      if (state == State.DRAINING) {
        state = State.LINGERING;
        deadlines.closing();
      }
    } catch (IOException | TcpError e) {
      closed(); // the peer has gone, and so had we
    }
  }

  /** The peer, the wire or a limit made it fail: closed first, told then. */
  void fail(EventError error) {
    if (state.compareTo(State.OPEN) > 0) {
      closed(); // it was on its way out already; the peer's manners are no news
      return;
    }
    outbox.clear();
    closeAsked = true;
    if (Failures.leavesAlert(error) && outlet != null && !outlet.isEmpty()) {
      state = State.DRAINING;
      closeNotified = true; // the alert says it
      deadlines.closing();
      flush();
    } else {
      closed();
    }
    tell(error);
  }

  /**
   * A time limit passed: close_notify if it can go at once, and no waiting for a peer like that.
   */
  void timedOut(EventError error) {
    boolean told = closeAsked;
    Wire on = wire;
    Outlet out = outlet;
    if (state == State.OPEN && on != null && out != null && !taskRuns && !out.clogged()) {
      try {
        on.closeOutput();
        out.flush();
      } catch (IOException | TcpError e) {
        told = closeAsked; // the time limit is the news, not that the farewell failed too
      }
    }
    closed();
    if (!told) {
      tell(error);
    }
  }

  /** Nothing more can happen; the link goes in the last phase of the turn. */
  void closed() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      closeAsked = true;
      outbox.clear();
      if (outlet != null) {
        outlet.clear();
      }
      loop.releaseLater(this);
    }
  }

  void abort() {
    loop.check();
    if (state != State.CLOSED && link != null) {
      Link up = link;
      closed();
      up.abort();
    } else {
      closed();
    }
  }

  void release() {
    if (releasing) {
      return;
    }
    releasing = true;
    drop();
    if (callbacks.close != null) {
      loop.guarded(callbacks.close, callbacks.event);
    }
  }

  /** Gives everything back, without a word to anyone. */
  void drop() {
    state = State.CLOSED;
    releasing = true;
    deadlines.end();
    outbox.clear();
    if (outlet != null) {
      outlet.clear();
    }
    if (connector != null) {
      connector.cancel();
      connector = null;
    }
    if (link != null) {
      link.close();
    }
    Wire on = wire;
    if (on != null && !taskRuns) {
      wire = null;
      on.release();
    }
    loop.remove(this, accepted);
  }

  // ---- small things

  void call(Consumer<? super TcpSocket> callback) {
    try {
      callback.accept(socket);
    } catch (RuntimeException e) {
      loop.callbackFailed(callbacks.event, e);
    }
  }

  void tell(Event event) {
    loop.tell(callbacks.event, event);
  }

  void reading(boolean on) {
    loop.check();
    readingOff = !on;
    if (on) {
      deadlines.received();
      noteAgain();
    }
    deadlines.changed();
    watch();
  }

  void writing(boolean on) {
    loop.check();
    writingOff = !on;
    if (on) {
      flush();
    }
  }

  boolean hasUnsent() {
    return (!outbox.isEmpty() && !writingOff) || (outlet != null && !outlet.isEmpty());
  }

  boolean wantsInput() {
    return !readingOff
        && !inputEnded
        && want != Wire.WRITE
        && (unread == null || unread.size() < UNREAD_BOUND);
  }

  /** The one place that tells the poller what to watch. */
  void watch() {
    Link on = link;
    if (on == null || state == State.CONNECTING || state == State.CLOSED) {
      return;
    }
    boolean reads =
        switch (state) {
          case SECURING -> want == Wire.READ && !taskRuns;
          case OPEN -> !taskRuns && wantsInput();
          default -> !inputEnded;
        };
    int ops = reads ? Link.READ : 0;
    if (outlet != null && outlet.clogged()) {
      ops |= Link.WRITE;
    }
    if (ops != watched) {
      watched = ops;
      on.interest(ops);
    }
  }
}
