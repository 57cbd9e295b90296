package dev.ferrule;

import dev.ferrule.connection.Callbacks;
import dev.ferrule.connection.Connection;
import dev.ferrule.connection.Limits;
import dev.ferrule.connection.Transport;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.Event;
import dev.ferrule.event.Notice;
import dev.ferrule.loop.Handle;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks and limits that all ways to open sockets have. A setup is used on the loop's thread
 * and opened once.
 *
 * @param <S> the kind of socket
 * @param <B> the setup itself, for chains of calls
 */
public abstract class SocketSetup<S extends TcpSocket, B extends SocketSetup<S, B>> {
  final EventLoop loop;
  Callbacks callbacks = new Callbacks();
  private Limits limits = Limits.DEFAULT;
  private UnaryOperator<Limits> named = UnaryOperator.identity(); // what was set here
  boolean streams;
  boolean calls; // a read callback was given here
  private boolean opened;
  private @Nullable Capture captured; // given to this setup

  /** For the kinds of setups. */
  protected SocketSetup(EventLoop loop) {
    loop.check();
    this.loop = loop;
  }

  @SuppressWarnings("unchecked") // a setup names itself as B
  final B self() {
    return (B) this;
  }

  /** Reports each sentence to the event callback as a {@link Notice}, in a later turn. */
  protected void notices(Endpoint subject, List<String> sentences) {
    for (String sentence : sentences) {
      loop.inner()
          .executeIfRunning(() -> {
            if (!(subject instanceof TcpSocket socket) || !socket.isClosed()) {
              loop.inner().invoker().tell(callbacks.event, new Notice(subject, sentence));
            }
          });
    }
  }

  /**
   * Writes all that is sent and received into a capture, from the beginning of each connection; of
   * a socket that is wrapped what follows, unless it was captured before. A {@link Notice} says so
   * when it is opened. cl-async has nothing like it.
   */
  public B capture(Capture file) {
    callbacks.capture = file.inner();
    captured = file;
    return self();
  }

  /** Whether what goes by is written to a capture. */
  protected final boolean isCaptured() {
    return callbacks.capture != null;
  }

  /** Tells the owner of a socket or server that it was opened with a capture. */
  final void tellCapture(Endpoint subject) {
    if (captured != null) {
      notices(subject, List.of(captured.warning()));
    }
  }

  /** Receives the bytes. cl-async: {@code read-cb}. */
  public B onRead(ReadCallback<? super S> callback) {
    calls = true;
    callbacks.read = new Adapted.Read<S>(callback);
    return self();
  }

  /**
   * Called when the socket's stream has bytes to read, which stay there until they are read.
   * cl-async: {@code :stream} and {@code :dont-drain-read-buffer}.
   */
  public B onStream(StreamCallback<? super S> callback) {
    callbacks.stream = new Adapted.Stream<S>(callback);
    streams = true;
    return self();
  }

  /** Called when TCP is connected; over SSL before the handshake. cl-async: {@code :connect-cb}. */
  public B onConnect(Consumer<? super S> callback) {
    callbacks.connect = new Adapted.Plain<S>(callback);
    return self();
  }

  /** Called when all written bytes have been sent. cl-async: {@code :write-cb}. */
  public B onWrite(Consumer<? super S> callback) {
    callbacks.write = new Adapted.Plain<S>(callback);
    return self();
  }

  /** Called when writing may continue after {@code write} returned false. */
  public B onDrain(Consumer<? super S> callback) {
    callbacks.drain = new Adapted.Plain<S>(callback);
    return self();
  }

  /** Receives events. Without it the loop's default handler does. cl-async: {@code event-cb}. */
  public B onEvent(Consumer<? super Event> callback) {
    callbacks.event = new Adapted.Heard(callback);
    return self();
  }

  /** The last call: the socket has been closed and released. cl-async: {@code :close-cb}. */
  public B onClose(Runnable callback) {
    callbacks.close = new Adapted.Ended(callback);
    return self();
  }

  /** As {@link #onClose(Runnable)}, for callbacks that serve many sockets. */
  public B onClose(Consumer<? super S> callback) {
    callbacks.close = new Adapted.Plain<S>(callback);
    return self();
  }

  /**
   * The longest time without received bytes; null, the default, is no limit. It counts from the
   * moment that the socket is opened, beside the limits for connecting and for the handshake:
   * whichever comes first, and the event says which. It does not count while reading pauses, by
   * {@link TcpSocket#disableReading} or at {@link #maxUnread}. cl-async: {@code :read-timeout}.
   */
  public B readTimeout(@Nullable Duration time) {
    return limit(bounds -> bounds.withRead(positive(time)));
  }

  /** The longest time in which the peer takes none of the bytes that wait; null: no limit. */
  public B writeTimeout(@Nullable Duration time) {
    return limit(bounds -> bounds.withWrite(positive(time)));
  }

  /** How long resolving and connecting may take; 30 s by default. */
  public B connectTimeout(Duration time) {
    return limit(bounds -> bounds.withConnect(required(time)));
  }

  /** How long the SSL handshake may take as a whole; 10 s by default. */
  public B handshakeTimeout(Duration time) {
    return limit(bounds -> bounds.withHandshake(required(time)));
  }

  /** How long a closing socket waits for its peer; 3 s by default. */
  public B closeTimeout(Duration time) {
    return limit(bounds -> bounds.withClose(required(time)));
  }

  /**
   * {@code write} returns false when more than {@code high} bytes wait; the drain callback is
   * called when no more than {@code low} do. 64 KiB and 256 KiB by default.
   */
  public B waterMarks(long low, long high) {
    if (low < 0 || high < low) {
      throw new IllegalArgumentException(
          "water marks are 0 <= low <= high, not " + low + " and " + high);
    }
    return limit(bounds -> bounds.withMarks(low, high));
  }

  /**
   * The socket fails, with a {@link dev.ferrule.event.TcpError} of the code EOUTBOX, when the
   * program writes while more bytes than this wait for the peer; 64 MiB by default.
   */
  public B maxQueued(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("the bound of the queue must be 1 or more, not " + bytes);
    }
    return limit(bounds -> bounds.withMaxQueued(bytes));
  }

  /**
   * Reading pauses while this many bytes wait unread in a stream, or for a read callback that is
   * set later; one read may exceed it. 256 KiB by default. A program that waits for a longer
   * message in a stream is told by a {@link dev.ferrule.event.UnreadLimit}.
   *
   * @throws IllegalArgumentException when {@code bytes} is less than 1
   */
  public B maxUnread(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("the bound of unread bytes is 1 or more, not " + bytes);
    }
    return limit(bounds -> bounds.withMaxUnread(bytes));
  }

  /** The peer's end does not close the socket: this side may go on writing, then closes itself. */
  public B halfOpen() {
    return limit(bounds -> bounds.withHalfOpen());
  }

  /** Leaves Nagle's algorithm on; by default it is off (TCP_NODELAY). */
  public B nagle() {
    return limit(bounds -> bounds.withNagle());
  }

  /**
   * A setup opens once: its callbacks are those of what it opened.
   *
   * @throws IllegalStateException when it has opened already
   */
  final void openOnce() {
    loop.check();
    if (opened) {
      throw new IllegalStateException(
          "this setup was opened already: make a new one for each socket or server");
    }
    opened = true;
  }

  private B limit(UnaryOperator<Limits> change) {
    UnaryOperator<Limits> before = named;
    named = bounds -> change.apply(before.apply(bounds));
    limits = change.apply(limits);
    return self();
  }

  /** The limits of a connection, but for those that were set here. */
  final Limits limitsOver(Limits others) {
    return named.apply(others);
  }

  /** A new connection of {@code socket}, with the callbacks and limits of this setup. */
  final Connection connection(TcpSocket socket, Transport transport, Handle.Kind kind) {
    Connection connection =
        new Connection(loop.inner(), socket, transport, callbacks, limits, kind);
    socket.begin(loop, connection);
    if (streams) {
      socket.openStream();
    }
    return connection;
  }

  static @Nullable Duration positive(@Nullable Duration time) {
    return time == null ? null : required(time);
  }

  private static Duration required(Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("a time limit must be longer than nothing, not " + time);
    }
    return time;
  }
}
