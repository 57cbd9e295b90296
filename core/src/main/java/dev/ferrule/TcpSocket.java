package dev.ferrule;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.Event;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection of an event loop. All calls are made on the loop's thread; those that do
 * something throw {@link WrongThreadException} on another.
 *
 * <p>Nothing blocks. What is written is copied or sent before {@code write} returns, so the caller
 * may use its buffer again. After {@link #close} nothing more is read or called back, the close
 * callback apart, and an error if what was queued could not be sent. A failure that a call runs
 * into is told in a later turn, never from inside it. cl-async: {@code socket}.
 */
public class TcpSocket implements Endpoint {
  private @Nullable Lane lane;
  private @Nullable Object attachment;

  /** For the kinds of sockets; a program opens its own with {@link Tcp}. */
  protected TcpSocket() {}

  // ---- writing

  /**
   * Writes what remains of {@code data}. What cannot go out now waits in order.
   *
   * @return true to go on; false to hold off until the drain callback, for more than the high water
   *     mark waits
   * @throws SocketClosed after {@link #close} or {@link #shutdownOutput}
   */
  public boolean write(ByteBuffer data) {
    return lane().out.write(data, null);
  }

  /**
   * As {@link #write(ByteBuffer)}; {@code done} is called once the link has taken these bytes, and
   * not when the socket was closed meanwhile.
   */
  public boolean write(ByteBuffer data, Consumer<? super TcpSocket> done) {
    return lane().out.write(data, done);
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

  /** Bytes that were written and wait for the link. */
  public long queued() {
    return lane().out.queued();
  }

  // ---- callbacks, replaceable at any time

  /** From now on {@code callback} gets what is received, and what waits unread. */
  public void onRead(ReadCallback<TcpSocket> callback) {
    Lane on = lane();
    change().read = callback;
    on.in.calling();
    on.watch();
  }

  /**
   * From now on what is received waits in the stream until it is read, what waits already with it,
   * and {@code callback} hears of it.
   */
  public void onStream(StreamCallback<TcpSocket> callback) {
    Lane on = lane();
    change().stream = callback;
    on.in.streaming();
    on.noteAgain();
    on.watch();
  }

  /** From now on {@code callback} hears each time that all that was written has gone out. */
  public void onWrite(Consumer<? super TcpSocket> callback) {
    change().write = callback::accept;
  }

  /** From now on {@code callback} hears when writing may go on after a write said to hold off. */
  public void onDrain(Consumer<? super TcpSocket> callback) {
    change().drain = callback::accept;
  }

  /** From now on {@code callback} hears of events. */
  public void onEvent(Consumer<? super Event> callback) {
    change().event = callback::accept;
  }

  /** From now on {@code callback} hears when the socket has been closed and released. */
  public void onClose(Runnable callback) {
    change().close = socket -> callback.run();
  }

  private Callbacks change() {
    Lane on = lane();
    on.loop.check();
    on.callbacks = on.callbacks.copy();
    return on.callbacks;
  }

  // ---- limits and pausing

  /**
   * Closes the socket with a {@link dev.ferrule.event.TcpTimeout} when nothing is received for so
   * long; null for no limit. cl-async: {@code set-socket-timeouts}.
   *
   * @throws SocketClosed when the socket is closed
   */
  public void readTimeout(@Nullable Duration time) {
    Lane on = open("set a timeout of");
    on.limits = on.limits.withRead(SocketSetup.positive(time));
    on.deadlines.received();
    on.deadlines.changed();
  }

  /** The same for writing: counts only while something waits to be sent. */
  public void writeTimeout(@Nullable Duration time) {
    Lane on = open("set a timeout of");
    on.limits = on.limits.withWrite(SocketSetup.positive(time));
    on.deadlines.changed();
  }

  /** Stops reading: the peer is held off once the system's buffers are full. */
  public void disableReading() {
    open("pause").in.pause();
  }

  /** Reads on. cl-async: {@code enable-socket :read}. */
  public void enableReading() {
    open("resume").in.resume();
  }

  /** Keeps what is written from now on. */
  public void disableWriting() {
    open("pause").out.pause();
  }

  /** Sends what was kept, and writes on. cl-async: {@code enable-socket :write}. */
  public void enableWriting() {
    open("resume").out.resume();
  }

  private Lane open(String what) {
    Lane on = lane();
    on.loop.check();
    if (on.ending.asked()) {
      throw new SocketClosed("the socket is closed: it is too late to " + what + " it", this);
    }
    return on;
  }

  // ---- its end

  /**
   * Sends what is queued, says goodbye (SSL: close_notify), sends FIN, waits for the peer's, at
   * most for the close timeout each, and closes. Harmless when closed already.
   */
  public void close() {
    Lane on = lane();
    if (on.acts()) {
      on.ending.close();
    }
  }

  /** Closes at once, with RST; what is queued is lost. Harmless when closed already. */
  public void abort() {
    Lane on = lane();
    if (on.acts()) {
      on.ending.abort();
    }
  }

  /**
   * Ends this side after what is queued, and goes on reading until the peer ends its side (half
   * close). Over SSL, a TLS 1.2 peer may answer with its own end at once, as RFC 5246 7.2.1 asks.
   */
  public void shutdownOutput() {
    lane().out.shutdown();
  }

  /** Whether it is closed, or closing. */
  public boolean isClosed() {
    return lane().ending.asked();
  }

  // ---- facts

  /** The loop it belongs to. Any thread. */
  public EventLoop loop() {
    return lane().loop;
  }

  /**
   * The stream of what is received, for a socket that was opened with a stream callback or as a
   * stream.
   *
   * @throws IllegalStateException when it was not
   */
  public AsyncStream stream() {
    AsyncStream stream = lane().in.stream();
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
    Lane on = lane;
    Link link = on == null ? null : on.link;
    if (on == null || link == null) {
      return null;
    }
    if (!on.loop.inLoop()) {
      throw new WrongThreadException(
          "the system is asked for the local address, on the loop's thread: use loop.execute(() ->"
              + " ...)");
    }
    return link.localAddress();
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    Link link = lane == null ? null : lane.link;
    return link == null ? null : link.remoteAddress();
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
    String state = lane == null ? "WRAPPED" : lane.state.toString();
    return getClass().getSimpleName() + "[" + remoteAddress() + " " + state + "]";
  }

  // ---- for the kinds of sockets

  /** Makes an outlet in the memory that a wire wants. */
  @FunctionalInterface
  public interface Outlets {
    /** The outlet of the wire that is being made; to be called once. */
    Outlet open(Memory memory) throws IOException;
  }

  /** Makes the wire of this kind of socket on a connected link. */
  protected Wire wire(Link link, Buffers buffers, Outlets outlets) throws IOException {
    return new PlainWire(link, outlets.open(Memory.NATIVE));
  }

  /** The wire's handshake is done; the callbacks follow. Not called for plain TCP. */
  protected void secured() {}

  /** The wire, once the link is connected; null before. */
  protected @Nullable Wire wire() {
    return lane == null ? null : lane.wire;
  }

  Lane lane() {
    Lane on = lane;
    if (on == null) {
      throw new IllegalStateException(
          "this socket was wrapped: use the socket that the call to wrap returned");
    }
    return on;
  }

  void lane(@Nullable Lane on) {
    lane = on;
  }
}
