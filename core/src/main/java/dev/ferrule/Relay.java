package dev.ferrule;

import dev.ferrule.connection.Callbacks;
import dev.ferrule.connection.Connection;
import dev.ferrule.event.CallbackError;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpEof;
import dev.ferrule.loop.Loop;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two sockets of one loop, each of which is sent what the other receives; made by {@link
 * Tcp#relay}. Any two kinds of sockets may meet: plain TCP, SSL as a client or as a server, one
 * that is still connecting. Used on the loop's thread.
 *
 * <ul>
 *   <li>Backpressure: while more than the high water mark waits for one socket, the other is not
 *       read. At most the high water mark and one read are buffered in each direction.
 *   <li>Half close: the end of one socket's input ends the output of the other, behind what waits
 *       for it. The opposite direction goes on.
 *   <li>A cut: when one socket fails (reset, time limit, truncation, an SSL error), what it had
 *       sent still goes to the other, which then ends so that its peer sees a cut too: over SSL
 *       without close_notify, over plain TCP by a reset (which overtakes what the system's buffers
 *       of this side still hold for a slow peer).
 *   <li>When the program closes or aborts one socket, so is the other. When it ends the output of
 *       one, what still comes for that is dropped.
 *   <li>What waits unread when the relay begins goes first, also before an end or a failure that
 *       the socket had by then.
 * </ul>
 *
 * <p>Time limits and marks are those of the two sockets. The relay takes the place of their read,
 * stream and drain callbacks; a program that sets one of these anew takes that direction over.
 * Event and close callbacks are called as ever, after the relay has heard. A failure that no event
 * callback hears is only in {@link #failure}: it does not go to the loop's default handler.
 */
public final class Relay {
  private final Direction fromFirst;
  private final Direction fromSecond;
  private @Nullable Consumer<? super Relay> ended;
  private @Nullable EventError failure;
  private int open = 2;

  private Relay(Connection first, Connection second) {
    fromFirst = new Direction(first, second);
    fromSecond = new Direction(second, first);
  }

  static Relay begin(TcpSocket first, TcpSocket second) {
    Connection one = first.connection();
    Connection other = second.connection();
    one.loop().check();
    if (one == other) {
      throw new IllegalArgumentException("a socket cannot be relayed to itself");
    }
    if (one.loop() != other.loop()) {
      throw new IllegalArgumentException("the sockets of a relay belong to one loop");
    }
    first.requireCallbacks();
    second.requireCallbacks();
    first.requireNotUnwrapping();
    second.requireNotUnwrapping();
    if (isRelayed(one) || isRelayed(other)) {
      throw new IllegalStateException("this socket is relayed already");
    }
    Relay relay = new Relay(one, other);
    relay.fromFirst.takeOver();
    relay.fromSecond.takeOver();
    relay.fromFirst.start();
    relay.fromSecond.start();
    return relay;
  }

  /** Whether a relay waits for the end of a connection. */
  private static boolean isRelayed(Connection connection) {
    return connection.callbacks().joinedEnd != null && !connection.closing().isReleased();
  }

  /**
   * Hears, once, that both sockets have been closed and released; in a later turn when they have
   * been already. Replaces an earlier callback.
   */
  public Relay onEnd(Consumer<? super Relay> callback) {
    Loop loop = fromFirst.from.loop();
    loop.check();
    ended = callback;
    if (open == 0) { // before it began: not from inside this call
      loop.executeIfRunning(this::tellEnd);
    }
    return this;
  }

  /** Bytes that the first socket received and that were written to the second. */
  public long bytesFromFirst() {
    return fromFirst.bytes;
  }

  /** Bytes that the second socket received and that were written to the first. */
  public long bytesFromSecond() {
    return fromSecond.bytes;
  }

  /** What cut it; null while nothing has, and when both sides ended in order. */
  public @Nullable EventError failure() {
    return failure;
  }

  /** Whether both sockets have been closed and released. */
  public boolean isEnded() {
    return open == 0;
  }

  private void released() {
    open--;
    if (open == 0) {
      tellEnd();
    }
  }

  private void tellEnd() {
    Consumer<? super Relay> callback = ended;
    ended = null;
    if (callback != null) {
      callback.accept(this);
    }
  }

  /** What one socket receives, on its way to the other. */
  private final class Direction {
    final Connection from;
    private final Connection to;
    long bytes;

    Direction(Connection from, Connection to) {
      this.from = from;
      this.to = to;
    }

    void takeOver() {
      from.in().reclaim();
      Callbacks callbacks = from.changeCallbacks();
      callbacks.stream = null;
      callbacks.read = (_, data) -> received(data);
      callbacks.drain = _ -> to.in().resume();
      callbacks.joined = this::heard;
      callbacks.joinedEnd =
          () -> {
            fromClosed();
            released();
          };
      from.limits(from.limits().withHalfOpen());
    }

    void start() {
      if (from.closing().asked()) { // its read callback will not be called
        passWaiting();
      }
      EventError before = from.failing().failure();
      if (before != null) {
        heard(before);
      }
      if (from.closing().isReleased()) { // so has its close callback
        fromClosed();
        released();
        return;
      }
      endWithInput();
      from.out().resume();
      from.in().calling();
      from.in().resume();
    }

    /** For a read callback that will not be called any more. */
    private void passWaiting() {
      ByteBuffer waiting = ByteBuffer.allocate((int) from.in().waiting());
      from.in().take(waiting);
      if (takes()) {
        received(waiting.flip());
      }
    }

    private void received(ByteBuffer data) {
      if (takes()) {
        bytes += data.remaining();
      }
      if (!to.out().write(data, null) && !to.out().ended()) {
        from.in().pause(); // until to has room; when it has ended, its end ends this one
      }
      endWithInput();
    }

    private boolean takes() {
      return !to.closing().asked() && !to.out().ended();
    }

    /** The end was told before the relay began: it is passed on behind what waited then. */
    private void endWithInput() {
      if (from.in().endTold() && from.in().waiting() == 0) {
        to.out().shutdown();
      }
    }

    private void heard(Event event) {
      if (event instanceof TcpEof) {
        to.out().shutdown();
      } else if (event instanceof EventError error && !(error instanceof CallbackError)) {
        failure = failure == null ? error : failure;
        passWaiting(); // what was read behind a pause, to find the failure
        to.closing().cut();
      }
    }

    /** It ended in order, both ways, or was cut, or the program ended it. */
    private void fromClosed() {
      if (failure == null && from.closing().wasReset()) {
        to.closing().abort();
      } else {
        to.closing().close();
      }
    }
  }
}
