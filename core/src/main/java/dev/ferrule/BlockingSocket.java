package dev.ferrule;

import dev.ferrule.connection.Callbacks;
import dev.ferrule.connection.Connection;
import dev.ferrule.connection.Ending;
import dev.ferrule.connection.Limits;
import dev.ferrule.event.CallbackError;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.event.TcpEof;
import dev.ferrule.loop.Inbox;
import dev.ferrule.loop.Timers;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A socket as two blocking streams, for threads other than its loop's; made by {@link
 * TcpSocket#blocking} or by a {@code dial}. Any thread may call it, virtual threads above all: none
 * is pinned while it waits. The loop goes on moving the bytes.
 *
 * <ul>
 *   <li>One thread reads and one writes at a time. A second one gets an {@link
 *       IllegalStateException}, and no byte.
 *   <li>Backpressure: above {@code maxUnread} bytes that nobody reads, the connection is not read;
 *       a writer waits while more than the high water mark is queued.
 *   <li>Time limits ({@link #readTimeout}, {@link #writeTimeout}) are a {@link
 *       java.net.SocketTimeoutException}, an interrupt is an {@link InterruptedIOException} and the
 *       thread stays interrupted. Both leave the connection as it is, and no received byte is lost;
 *       their {@code bytesTransferred} says how much of a write was taken. (The JDK closes the
 *       socket of a virtual thread that is interrupted.) The limits that were set on the socket
 *       itself still end it.
 *   <li>The peer's clean end is -1, and this side may go on writing. A failure is an {@link
 *       IOException} whose cause is the {@link EventError}, such as an SSL truncation; what was
 *       received before is read first.
 *   <li>{@link #close}, {@link #abort}, the end of the loop and a failure wake every thread that
 *       waits, and it gets the reason.
 *   <li>A call from the loop's own thread that would wait is an {@link IllegalStateException}: it
 *       would wait for itself.
 * </ul>
 *
 * <p>While it is in use the program cannot replace the socket's callbacks. Of those it had, the
 * event callback still hears of errors, without being needed, and the close callback is called.
 *
 * @param <S> the kind of socket
 */
public final class BlockingSocket<S extends TcpSocket> implements Closeable {
  private final S socket;
  private final Connection connection;
  private final Callbacks before;
  private final boolean halfOpenBefore;
  private final BlockingInput in;
  private final BlockingOutput out;
  private final AtomicBoolean ends = new AtomicBoolean(); // by a call
  private final CountDownLatch gone = new CountDownLatch(1); // all was sent, or it has ended
  private final Watch watch = new Watch();
  private volatile @Nullable EventError lost; // by what bytes were lost after close

  private BlockingSocket(S socket, Connection connection) {
    this.socket = socket;
    this.connection = connection;
    this.before = connection.callbacks();
    this.halfOpenBefore = connection.limits().halfOpen();
    this.in = new BlockingInput(this, connection);
    this.out = new BlockingOutput(this, connection);
  }

  /** Takes the place of the callbacks of a live socket. On the loop's thread. */
  static <S extends TcpSocket> BlockingSocket<S> of(S socket) {
    Connection connection = socket.connection();
    connection.loop().check();
    if (connection.closing().asked()) {
      throw new SocketClosed("the socket is closed: it has no streams any more", socket);
    }
    socket.requireCallbacks();
    if (connection.callbacks().joinedEnd != null) {
      throw new IllegalStateException("this socket is relayed: its bytes go to another socket");
    }
    socket.requireNotUnwrapping();
    connection.in().reclaim();
    BlockingSocket<S> blocking = new BlockingSocket<>(socket, connection);
    blocking.takeOver();
    return blocking;
  }

  private void takeOver() {
    Callbacks callbacks = connection.changeCallbacks();
    callbacks.holder = this;
    callbacks.stream = null;
    callbacks.read = in::received;
    callbacks.drain = out::drained;
    callbacks.event = this::heard;
    callbacks.add(watch);
    Limits limits = connection.limits();
    connection.limits(limits.withHalfOpen());
    if (connection.in().endTold() && connection.in().waiting() == 0) {
      in.peerEnded();
    } else if (connection.in().endTold()) {
      connection.in().tellEndAgain(); // behind what waits
    }
    connection.in().calling();
    connection.in().resume();
  }

  // ---- any thread

  /**
   * What is received. {@code read} waits for the first byte, and then takes what is there; {@code
   * available} tells how much that is. Closing the stream closes the socket.
   */
  public InputStream input() {
    return in;
  }

  /**
   * What is sent, at once and without {@code flush}: a write returns when the bytes are on their
   * way to the loop. {@code flush} waits until the system has taken all that was written before,
   * within the write timeout. Closing the stream closes the socket.
   */
  public OutputStream output() {
    return out;
  }

  /** The longest that a read waits for its first byte; null, the default, is no limit. */
  public void readTimeout(@Nullable Duration time) {
    in.limit(SocketSetup.positive(time));
  }

  /**
   * The longest that a write or a flush waits, each time that it waits, for the peer to take
   * something; null, the default, is no limit.
   */
  public void writeTimeout(@Nullable Duration time) {
    out.limit(SocketSetup.positive(time));
  }

  /**
   * Ends this side behind what was written (FIN; over SSL close_notify before it), once the system
   * has taken that, and leaves the input open. Waits as {@code flush} does.
   *
   * @throws IOException when not all could be sent
   */
  public void shutdownOutput() throws IOException {
    out.shutDown();
  }

  /**
   * Sends what was written, then ends both sides as {@link TcpSocket#close} does. Threads that wait
   * get a {@link java.net.SocketException}. Waits until the system has taken all, within the
   * socket's close timeout, but not for the peer's end; on the loop's thread, or when the thread is
   * interrupted, it does not wait. Does nothing when it was closed or aborted before, or went back
   * to callbacks.
   *
   * @throws IOException when bytes that were written could not be sent
   */
  @Override
  public void close() throws IOException {
    if (!ends.compareAndSet(false, true)) {
      return;
    }
    end(StreamEnd.CLOSED);
    if (connection.loop().inLoop()) {
      closeNow();
    } else if (connection.loop().executeIfRunning(this::closeNow)
        && connection.loop().executeIfRunning((Inbox.Chore) this::releaseIfSent)) {
      awaitSent();
    }
  }

  private void closeNow() {
    out.pump();
    connection.closing().close();
  }

  /** After the dispatch of the close: what it could send, it has sent. */
  private void releaseIfSent() {
    if (connection.state().compareTo(Connection.State.DRAINING) > 0) {
      gone.countDown();
    }
  }

  private void awaitSent() throws IOException {
    try {
      gone.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    EventError failure = lost;
    if (failure != null) {
      throw new IOException("not all was sent before the end: " + failure.message(), failure);
    }
  }

  /** Ends it at once, with RST; what was not sent is lost. Threads that wait are woken. */
  public void abort() {
    if (ends.compareAndSet(false, true)) {
      end(StreamEnd.ABORTED);
      if (connection.loop().inLoop()) {
        connection.closing().abort();
      } else {
        connection.loop().executeIfRunning(() -> connection.closing().abort());
      }
    }
  }

  /**
   * The socket, whose calls belong to the loop's thread; its attachment, and the session of an SSL
   * socket, may be read by any.
   */
  public S socket() {
    return socket;
  }

  // ---- on the loop's thread

  /**
   * Gives the socket back to the callbacks that it had. What was received and not read is theirs,
   * in order, and the peer's end behind it, which is told again also where a read returned -1. A
   * thread that waits gets a {@link java.net.SocketException}.
   *
   * @throws WrongThreadException on another thread than the loop's
   * @throws IllegalStateException when it has been given back already, or was closed or aborted
   */
  public S callbacks() {
    connection.loop().check();
    if (!ends.compareAndSet(false, true)) {
      throw new IllegalStateException("these streams have ended: the socket is not theirs to give");
    }
    end(StreamEnd.CALLED_BACK);
    out.pump();
    Callbacks callbacks = connection.changeCallbacks();
    callbacks.read = before.read;
    callbacks.stream = before.stream;
    callbacks.drain = before.drain;
    callbacks.event = before.event;
    callbacks.holder = null;
    callbacks.remove(watch);
    giveBackInput();
    return socket;
  }

  private void giveBackInput() {
    if (!halfOpenBefore) {
      connection.limits(connection.limits().withoutHalfOpen());
    }
    connection.in().putBack(in.rest());
    connection.in().tellEndAgain();
    boolean streams = socket.streamIfOpen() != null && before.read == null;
    if (streams || before.stream != null) {
      connection.in().streaming();
    } else {
      connection.in().calling();
    }
    connection.in().resume();
  }

  /** The connection's event callback. */
  private void heard(Event event) {
    if (event instanceof TcpEof) {
      in.peerEnded();
      return;
    }
    if (event instanceof EventError error && !(error instanceof CallbackError)) {
      failed(error);
      if (before.event == null) {
        return; // the streams tell it
      }
    }
    connection.loop().invoker().tell(before.event, event);
  }

  private void failed(EventError error) {
    ByteBuffer behindPause = ByteBuffer.allocate((int) connection.in().waiting());
    connection.in().take(behindPause);
    in.received(socket, behindPause.flip());
    if (ends.get()) {
      lost = error;
    }
    end(StreamEnd.failed(error));
  }

  /** Whether the connection's bytes still go through here. */
  boolean holds() {
    return connection.callbacks().holder == this;
  }

  /** How the connection ends. */
  private final class Watch implements Ending {
    @Override
    public boolean hears() {
      return true;
    }

    @Override
    public void ended(@Nullable EventError failure) {
      end(failure == null ? StreamEnd.ENDED : StreamEnd.failed(failure));
      gone.countDown();
    }

    @Override
    public void loopEnded() {
      end(StreamEnd.LOOP_ENDED);
      gone.countDown();
    }
  }

  // ---- for the streams

  private void end(StreamEnd reason) {
    in.end(reason);
    out.end(reason);
  }

  /** Runs an action on the loop, and waits until what it caused was sent. */
  void onLoop(Runnable action) throws IOException {
    if (connection.loop().inLoop()) {
      action.run();
      return;
    }
    CountDownLatch settled = new CountDownLatch(1);
    if (!connection.loop().executeIfRunning(action)) {
      throw StreamEnd.LOOP_ENDED.exception();
    }
    if (!connection.loop().executeIfRunning((Inbox.Chore) settled::countDown)) {
      return; // it ended behind the action
    }
    try {
      settled.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the thread was interrupted while it waited for the loop");
    }
  }

  void requireOtherThread() {
    if (connection.loop().inLoop()) {
      throw new IllegalStateException(
          "this call would wait for the event loop on the loop's own thread: use another thread");
    }
  }

  static long nanos(Duration time) {
    return Timers.nanos(time);
  }

  static String seconds(Duration time) {
    return time.toMillis() / 1000.0 + " s";
  }

  @Override
  public String toString() {
    return "BlockingSocket[" + socket + "]";
  }
}
