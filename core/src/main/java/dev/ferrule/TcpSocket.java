package dev.ferrule;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.connection.Callbacks;
import dev.ferrule.connection.Connection;
import dev.ferrule.connection.Transport;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.Event;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.spi.Link;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection of an event loop. All calls are made on the loop's thread; those that do
 * something throw {@link WrongThreadException} on another.
 *
 * <p>No call blocks. {@code write} copies or sends the bytes before it returns, so the caller may
 * use its buffer again. After {@link #close} nothing more is read or called back, the close
 * callback apart, and an error if what was queued could not be sent. A failure that a call finds is
 * reported in a later turn, never inside the call. cl-async: {@code socket}.
 */
public class TcpSocket implements Endpoint {
  private final Transport transport;
  private @Nullable Connection connection; // null before it is opened, and when it was wrapped
  private @Nullable EventLoop loop;
  private @Nullable AsyncStream stream;
  private @Nullable Object attachment;

  /** For the kinds of sockets; a program opens its own with {@link Tcp}. */
  @SuppressWarnings("exports") // what makes it the library's
  protected TcpSocket(Transport transport) {
    this.transport = transport;
  }

  // ---- writing

  /**
   * Writes what remains of {@code data}. What cannot be sent now waits in order.
   *
   * <p>Once the peer, a failure or a limit ended the socket, the bytes are dropped; an event has
   * said why it ended. So are bytes that another socket's callback writes after the program closed
   * this one: a relay or a broadcast needs no guard.
   *
   * @return true to go on; false to wait for the drain callback, because more than the high water
   *     mark waits, or because the socket has ended
   * @throws SocketClosed after the program's own {@link #close}, {@link #abort} or {@link
   *     #shutdownOutput}, unless a callback of another socket writes
   */
  public boolean write(ByteBuffer data) {
    return connection().out().write(data, null);
  }

  /**
   * As {@link #write(ByteBuffer)}; {@code done} is called when the link has taken these bytes, but
   * not if the socket closes before.
   */
  public boolean write(ByteBuffer data, Consumer<? super TcpSocket> done) {
    return connection().out().write(data, new Adapted.Plain<TcpSocket>(done));
  }

  /** As {@link #write(ByteBuffer)}. */
  public boolean write(byte[] data) {
    return write(ByteBuffer.wrap(data));
  }

  /**
   * Writes {@code length} bytes of {@code data} from {@code offset} on. cl-async: {@code :start}
   * and {@code :end} of {@code write-socket-data}.
   *
   * @throws IndexOutOfBoundsException when the range is not inside {@code data}
   */
  public boolean write(byte[] data, int offset, int length) {
    return write(ByteBuffer.wrap(data, offset, length));
  }

  /** As {@link #write(byte[])}; {@code done} is called once the link has taken these bytes. */
  public boolean write(byte[] data, Consumer<? super TcpSocket> done) {
    return write(ByteBuffer.wrap(data), done);
  }

  /** Writes a text as UTF-8. */
  public boolean write(String text) {
    return write(UTF_8.encode(text));
  }

  /** Writes a text as UTF-8; {@code done} is called once the link has taken it. */
  public boolean write(String text, Consumer<? super TcpSocket> done) {
    return write(UTF_8.encode(text), done);
  }

  /**
   * Sends {@code length} bytes of a file from {@code offset} on, behind what was written before and
   * ahead of what is written later. Where it can, the system moves them from the file to the socket
   * (sendfile): over plain TCP, and over SSL where the kernel encrypts. Elsewhere they are read in
   * pieces of at most 256 KiB, as the peer takes them, so the file may be larger than memory.
   *
   * <p>The file is opened by this call, and closed when its last byte has been taken or the socket
   * has ended. It is read on the loop's thread, which a slow disk holds up. What is sent is what
   * the file has when its turn comes. If it becomes shorter than the range or cannot be read any
   * more, the socket fails with a {@link dev.ferrule.event.TcpError} of the code EFILE, and its
   * peer sees a reset, not a clean end.
   *
   * <p>The bytes of a file that waits are in {@link #queued}, and not among those that {@code
   * maxQueued} bounds; more than 1,024 files are. A socket that sends a file cannot be wrapped in
   * SSL.
   *
   * @return as {@link #write(ByteBuffer)}, which also says what becomes of the bytes of a socket
   *     that has ended; its file is not opened
   * @throws java.io.UncheckedIOException when the file cannot be opened, or is not a regular file
   * @throws IndexOutOfBoundsException when the range is not inside the file
   * @throws SocketClosed as {@link #write(ByteBuffer)}
   */
  public boolean sendFile(Path file, long offset, long length) {
    return connection().out().sendFile(file, offset, length, null);
  }

  /**
   * As {@link #sendFile(Path, long, long)}; {@code done} is called when the link has taken these
   * bytes, but not if the socket closes before.
   */
  public boolean sendFile(Path file, long offset, long length, Consumer<? super TcpSocket> done) {
    return connection().out().sendFile(file, offset, length, new Adapted.Plain<TcpSocket>(done));
  }

  /** Bytes that were written and wait for the link, those of files among them. */
  public long queued() {
    return connection().out().queued();
  }

  // ---- callbacks, replaceable at any time

  /** Replaces the read callback, which also gets the bytes that wait unread. */
  public void onRead(ReadCallback<? super TcpSocket> callback) {
    change().read = new Adapted.Read<TcpSocket>(callback);
    connection().in().reclaim();
    connection().in().calling();
  }

  /**
   * From now on received bytes, and those that wait unread, are kept in the stream, and {@code
   * callback} is called for them.
   */
  public void onStream(StreamCallback<? super TcpSocket> callback) {
    change().stream = new Adapted.Stream<TcpSocket>(callback);
    openStream();
  }

  /** Replaces the callback for each time that all written bytes have been sent. */
  public void onWrite(Consumer<? super TcpSocket> callback) {
    change().write = new Adapted.Plain<TcpSocket>(callback);
  }

  /** Replaces the callback for when writing may continue after {@code write} returned false. */
  public void onDrain(Consumer<? super TcpSocket> callback) {
    change().drain = new Adapted.Plain<TcpSocket>(callback);
  }

  /** Replaces the event callback. */
  public void onEvent(Consumer<? super Event> callback) {
    change().event = new Adapted.Heard(callback);
  }

  /** Replaces the callback for when the socket has been closed and released. */
  public void onClose(Runnable callback) {
    change().close = new Adapted.Ended(callback);
  }

  private Callbacks change() {
    Connection current = connection();
    current.loop().check();
    requireCallbacks();
    return current.changeCallbacks();
  }

  // ---- limits and pausing: nothing happens when the socket has ended

  /**
   * Closes the socket with a {@link dev.ferrule.event.TcpTimeout} when nothing is received for this
   * time, counted from now; null for no limit. cl-async: {@code set-socket-timeouts}.
   */
  public void readTimeout(@Nullable Duration time) {
    Connection current = checked();
    current.readLimitBegins();
    current.limits(current.limits().withRead(SocketSetup.positive(time)));
  }

  /** The same for writing: counts only while something waits to be sent. */
  public void writeTimeout(@Nullable Duration time) {
    Connection current = checked();
    current.limits(current.limits().withWrite(SocketSetup.positive(time)));
  }

  /** Stops reading: once the system's buffers are full, the peer cannot send more. */
  public void disableReading() {
    checked().in().pause();
  }

  /** Resumes reading. cl-async: {@code enable-socket :read}. */
  public void enableReading() {
    checked().in().resume();
  }

  /** Queues what is written from now on. */
  public void disableWriting() {
    Connection current = checked();
    if (!current.closing().asked()) { // a close sends what was kept
      current.out().pause();
    }
  }

  /** Sends what was queued, and resumes writing. cl-async: {@code enable-socket :write}. */
  public void enableWriting() {
    checked().out().resume();
  }

  private Connection checked() {
    Connection current = connection();
    if (current.state() != Connection.State.CLOSED) {
      current.loop().check();
    }
    return current;
  }

  // ---- its end

  /**
   * Sends what is queued, over SSL close_notify, then FIN; waits for the peer's FIN, at most for
   * the close timeout each; and closes. Does nothing when closed already.
   */
  public void close() {
    checked().closing().close();
  }

  /** Closes at once, with RST; what is queued is lost. Does nothing when closed already. */
  public void abort() {
    checked().closing().abort();
  }

  /**
   * Ends this side after what is queued, and goes on reading until the peer ends its side (half
   * close). Does nothing when this side has ended already. Over SSL a TLS 1.2 peer may answer with
   * its own end at once, as RFC 5246 7.2.1 asks, and drop what it had not sent.
   */
  public void shutdownOutput() {
    checked().out().shutdown();
  }

  /**
   * Completes on the loop's thread when the socket has been closed and released: normally after a
   * clean end or a call of this side, and with the {@link dev.ferrule.event.EventError} by which it
   * failed, which then needs no event callback. When the loop ends before, with a {@link
   * SocketClosed}. Each call gives a future of its own, which any thread may use; cancelling it
   * does nothing to the socket.
   */
  public CompletableFuture<Void> closed() {
    Connection current = connection();
    current.loop().check();
    return ClosedFuture.of(current);
  }

  /** Whether it is closed, or closing. */
  public boolean isClosed() {
    return connection().closing().asked();
  }

  // ---- for other threads

  /**
   * Two blocking streams, for other threads, in the place of the callbacks. What waits unread goes
   * to them first; what a read callback holds just now does not. Of a socket that is still opening,
   * reads and flushes wait for that too.
   *
   * @throws SocketClosed when it is closed, or closing
   * @throws IllegalStateException when it is used so already, is relayed, was wrapped, or is being
   *     unwrapped
   */
  public BlockingSocket<? extends TcpSocket> blocking() {
    return BlockingSocket.of(this);
  }

  /**
   * @throws IllegalStateException while the callbacks are not the program's
   */
  void requireCallbacks() {
    if (connection().callbacks().holder != null) {
      throw new IllegalStateException(
          "this socket is used by blocking streams: call callbacks() on those first");
    }
  }

  /**
   * What is unwrapped gets other callbacks soon.
   *
   * @throws IllegalStateException while the socket waits to be plain again
   */
  void requireNotUnwrapping() {
    if (connection().unwraps()) {
      throw new IllegalStateException(
          "this socket is being unwrapped: use the one that the connect callback gets");
    }
  }

  // ---- facts

  /**
   * What it has moved, what waits in it, and how its peer is reached, at this moment. Also of a
   * socket that is closed: in the close callback and later these are the last values. With the
   * epoll poller the system is asked (getsockopt TCP_INFO), some hundred nanoseconds.
   *
   * @throws WrongThreadException on another thread than the loop's, until it is closed
   * @throws IllegalStateException when this socket was wrapped
   */
  public SocketInfo info() {
    return SocketInfo.of(checked());
  }

  /** The loop it belongs to. Any thread. */
  public EventLoop loop() {
    connection();
    return Objects.requireNonNull(loop);
  }

  /**
   * The stream of what is received, for a socket that was opened with a stream callback or as a
   * stream.
   *
   * @throws IllegalStateException when it was not
   */
  public AsyncStream stream() {
    connection();
    if (stream == null) {
      throw new IllegalStateException(
          "this socket has no stream: open it with onStream(...), or wrap it with AsyncStream.of");
    }
    return stream;
  }

  /**
   * {@inheritDoc}
   *
   * @throws WrongThreadException on another thread than the loop's: the system is asked
   */
  @Override
  public @Nullable SocketAddress localAddress() {
    Connection current = connection;
    Link link = current == null ? null : current.link();
    if (current == null || link == null) {
      return null;
    }
    if (!current.loop().inLoop()) {
      throw new WrongThreadException(
          "the system is asked for the local address, on the loop's thread: use loop.execute(() ->"
              + " ...)");
    }
    return link.localAddress();
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    Link link = connection == null ? null : connection.link();
    return link == null ? null : link.remoteAddress();
  }

  /**
   * What the proxy has said of this connection, on a server that takes connections from proxies
   * ({@link ServerSetup#proxiedBy}); empty on others, and before the connect callback. The remote
   * address is the proxy's all the same.
   */
  public Optional<ProxyHeader> proxied() {
    return Optional.ofNullable(connection().opening().proxyHeader());
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  /** Attaches an object of the program. cl-async: {@code socket-data}. */
  public void attach(@Nullable Object object) {
    attachment = object;
  }

  @Override
  public String toString() {
    String state =
        connection == null
            ? transport == Transport.PLAIN ? "WRAPPED" : "UNWRAPPED"
            : connection.state().toString();
    return getClass().getSimpleName() + "[" + remoteAddress() + " " + state + "]";
  }

  // ---- for the kinds of sockets, and for the setups

  /** How this socket, which is encrypted, shall go back to plain TCP. */
  protected final UnwrapSetup unwrapping() {
    return new UnwrapSetup(this);
  }

  /** Tells the program a {@link dev.ferrule.event.Notice} about this socket, in a later turn. */
  protected final void tellLater(String sentence) {
    connection().notice(sentence);
  }

  /** Whether the peer's end confirmed that of this side. */
  protected final boolean isCloseConfirmed() {
    return connection().closing().isConfirmed();
  }

  Transport transport() {
    return transport;
  }

  void begin(EventLoop owner, Connection opened) {
    loop = owner;
    connection = opened;
  }

  /** Takes over the connection of a socket, and what belongs to it. */
  void takeOver(TcpSocket wrapped) {
    loop = wrapped.loop;
    connection = wrapped.connection;
    stream = wrapped.stream;
    wrapped.connection = null;
    wrapped.stream = null;
  }

  /** From now on what is received waits in the stream. */
  AsyncStream openStream() {
    requireCallbacks();
    connection().in().reclaim();
    connection().in().streaming();
    if (stream == null) {
      stream = new AsyncStream(connection());
    }
    return stream;
  }

  @Nullable AsyncStream streamIfOpen() {
    return stream;
  }

  Connection connection() {
    Connection current = connection;
    if (current == null) {
      throw new IllegalStateException(
          transport == Transport.PLAIN
              ? "this socket was wrapped: use the socket that the call to wrap returned"
              : "this socket was unwrapped: use the one that the connect callback got");
    }
    return current;
  }
}
