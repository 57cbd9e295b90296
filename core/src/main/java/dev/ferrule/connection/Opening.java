package dev.ferrule.connection;

import dev.ferrule.connection.Connection.State;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.event.Notice;
import dev.ferrule.event.TcpError;
import dev.ferrule.loop.Inbox;
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
 * How a connection becomes open: its link, the wire of its transport on that, the wire's handshake
 * with its tasks, and the same once more when it is upgraded.
 */
public final class Opening implements Transport.Owner {
  private final Connection connection;
  private Transport transport;
  private @Nullable Consumer<? super Endpoint> question; // of the wire, for the program
  private boolean handingOver; // a task to the executor, just now; read on the loop's thread only

  Opening(Connection connection, Transport transport) {
    this.connection = connection;
    this.transport = transport;
  }

  /** Whether the peer says by {@code error} that it does not accept this side. */
  boolean isRefusal(EventError error) {
    return transport.isRefusal(error);
  }

  /** Whether it is, or will be, opened without encryption. */
  boolean isPlain() {
    return transport == Transport.PLAIN;
  }

  /** Connects to a host, by name or address. */
  public void connect(String host, int port) {
    connection.connector = Connector.toHost(connection, host, port);
    connection.times.connectBegins();
  }

  /** Connects to an address. */
  public void connect(SocketAddress address) {
    connection.connector = Connector.toAddress(connection, address);
    connection.times.connectBegins();
  }

  /** The link is there: connected by the connector, or accepted by a server. */
  public void connected(Link opened) {
    connection.connector = null;
    connection.link = opened;
    opened.attach(connection);
    connection.changed();
    try {
      opened.noDelay(!connection.limits().nagle());
      install();
    } catch (IOException | RuntimeException e) {
      connection.failing().fail(Failures.of(e, connection.socket()));
      return;
    }
    if (connection.wire instanceof PlainWire) {
      opened(); // before the callback, which may upgrade it
    }
    Consumer<Endpoint> callback = connection.callbacks().connect;
    if (callback != null && !connection.closing().asked()) {
      connection.call(callback);
    }
    proceed();
  }

  /** Puts the wire of its transport on the link. */
  private void install() throws IOException {
    Link opened = connection.link;
    if (opened == null) {
      throw new IllegalStateException("no link yet");
    }
    connection.state = State.SECURING;
    connection.want = Wire.READ;
    connection.times.handshakeBegins();
    Wire old = connection.wire;
    connection.wire = transport.wire(opened, connection.loop.buffers(), this);
    if (old != null) {
      old.release();
    }
  }

  /** The new wire may want other memory; what was written before the upgrade goes first. */
  @Override
  public Outlet open(Memory memory) throws IOException {
    Link opened = connection.link;
    if (opened == null) {
      throw new IllegalStateException("no link yet");
    }
    Outlet fresh = new Outlet(opened, connection.loop.buffers(), memory);
    Outlet old = connection.outlet;
    if (old != null) {
      old.flush();
      connection.queue.moveTo(old);
      old.moveTo(fresh);
    } else {
      connection.queue.moveTo(fresh); // wrapped before it was connected
    }
    connection.outlet = fresh;
    return fresh;
  }

  /**
   * Hands the connection to another socket and puts its wire on, at once or when it is connected.
   * From here on nothing goes out over the old wire, whatever fails: the program already writes
   * what nobody else may read.
   */
  public void upgrade(Endpoint next, Transport over, Callbacks calls, Limits bounds) {
    transport = over;
    connection.handOver(next, calls, bounds);
    connection.queue.upgraded();
    if (connection.state == State.CONNECTING) {
      return;
    }
    try {
      install();
    } catch (IOException | RuntimeException e) {
      connection.failing().failSoon(e);
      return;
    }
    // Later: the call must have returned before the handshake's callbacks come.
    connection.want = Wire.WRITE;
  }

  /** As {@link #upgrade}, but it must not be: the socket fails soon, and sends nothing before. */
  public void refuseUpgrade(
      Endpoint next, Transport over, Callbacks calls, Limits bounds, TcpError reason) {
    transport = over;
    connection.handOver(next, calls, bounds);
    connection.state = State.SECURING;
    connection.times.handshakeBegins();
    connection.failing().failSoon(reason);
  }

  /** Goes on with whatever comes next, after connecting or a task. */
  private void proceed() {
    connection.changed();
    if (connection.state == State.SECURING) {
      handshake();
    } else if (connection.state == State.OPEN && connection.closing().asked()) {
      connection.closing().drain();
    }
  }

  /** Goes on with the wire's handshake. */
  void handshake() {
    Wire current = connection.wire;
    if (current == null || connection.taskRuns || connection.failing().failsSoon()) {
      return;
    }
    try {
      connection.want = current.handshake();
    } catch (IOException | RuntimeException e) {
      connection.failing().fail(Failures.of(e, connection.socket()));
      return;
    }
    switch (connection.want) {
      case Wire.DONE -> established(current);
      case Wire.TASK -> runTask(current);
      case Wire.LATER -> callBack();
      default -> {} // the poller, or the again-list, brings us back
    }
  }

  /** Another wire may go on from here. */
  private void established(Wire handshaken) {
    Wire next;
    try {
      next = handshaken.established();
    } catch (IOException | RuntimeException e) {
      connection.failing().fail(Failures.of(e, connection.socket()));
      return;
    }
    if (next != handshaken) {
      connection.wire = next;
      handshaken.release();
    }
    secured(next);
  }

  private void opened() {
    connection.state = State.OPEN;
    connection.want = Wire.READ;
    connection.times.handshakeEnds();
  }

  /** The wire is the identity again. */
  void plainAgain() {
    transport = Transport.PLAIN;
    opened();
    connection.changed();
    Consumer<Endpoint> callback = connection.callbacks().connect;
    if (callback != null) {
      connection.call(callback);
    }
  }

  private void secured(Wire current) {
    opened();
    if (!connection.queue.isEmpty() || connection.queue.isDirty() || connection.out().ended()) {
      connection.out().flush(); // what was held goes first, in order
    }
    if (connection.state != State.OPEN) {
      return;
    }
    if (connection.closing().asked()) {
      connection.closing().drain();
      return;
    }
    connection.call(endpoint -> transport.secured(endpoint, current));
    if (connection.state == State.OPEN && current.buffered()) {
      // Now, so that one write carries the end of the handshake and the answer.
      connection.in().readable();
    }
  }

  /** Runs what the wire asked for by {@link Wire#TASK}. */
  void runTask(Wire current) {
    connection.taskRuns = true;
    Runnable task = current.task();
    Inbox.Chore done = this::taskDone;
    Runnable whole =
        () -> {
          try {
            task.run(); // what it throws comes out of the wire's next call
          } finally {
            if (connection.loop.inLoop() && handingOver) {
              // The executor ran it here and now: no way through the inbox.
              connection.taskRuns = false;
            } else if (!connection.loop.executeIfRunning(done)) {
              current.release(); // the loop is gone, and left this to whoever is last
            }
          }
        };
    handingOver = true;
    try {
      connection.loop.tasks().execute(whole);
    } catch (RejectedExecutionException e) {
      connection.taskRuns = false;
      connection
          .failing()
          .fail(
              new TcpError(
                  "EREJECTED", "the executor for tasks took no more work", connection.socket(), e));
      return;
    } catch (RuntimeException | Error e) {
      // Such as no memory for a thread: it leaves the loop, which frees the wire.
      connection.taskRuns = false;
      throw e;
    } finally {
      handingOver = false;
    }
    if (!connection.taskRuns) {
      connection.want = Wire.READ;
      if (connection.state == State.SECURING) {
        handshake(); // a handshake has few tasks, so this goes no deeper than that
      }
    }
  }

  @Override
  public void call(Consumer<? super Endpoint> callback) {
    question = callback;
  }

  /** The wire asks the program, which may answer at once. */
  private void callBack() {
    Consumer<? super Endpoint> asked = question;
    if (asked == null) {
      return;
    }
    question = null;
    connection.call(asked);
    answered();
  }

  @Override
  public void notice(String sentence) {
    // Later: this is inside the wire, which the program's callback must not be.
    connection.loop.executeIfRunning(
        () -> connection.tell(new Notice(connection.socket(), sentence)));
  }

  @Override
  public void resume() {
    connection.loop.executeIfRunning(this::answered);
  }

  /** A wire that waits for an answer looks at its link, and at the answer. */
  void askAgain() {
    answered();
  }

  private void answered() {
    if (connection.state == State.SECURING && connection.want == Wire.LATER) {
      connection.want = Wire.READ;
      proceed(); // a wire that has no answer yet says so again
    }
  }

  private void taskDone() {
    connection.taskRuns = false;
    if (connection.state == State.CLOSED) {
      connection.closing().releaseWire();
      return;
    }
    connection.want = Wire.READ;
    proceed();
  }
}
