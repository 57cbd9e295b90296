package dev.ferrule;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.connection.Addresses;
import dev.ferrule.connection.Connection;
import dev.ferrule.event.Endpoint;
import dev.ferrule.loop.Handle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings that all kinds of clients have. cl-async: the keywords of {@code tcp-connect}.
 *
 * @param <S> the kind of socket
 * @param <B> the setup itself
 */
public abstract class ClientSetup<S extends TcpSocket, B extends ClientSetup<S, B>>
    extends SocketSetup<S, B> {
  private final @Nullable SocketAddress address;
  private final String host;
  private final int port;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  /**
   * A client of a host, by name or by address.
   *
   * @throws IllegalArgumentException when {@code port} is not from 0 to 65535
   */
  protected ClientSetup(EventLoop loop, String host, int port) {
    super(loop);
    if (host.isBlank()) {
      throw new IllegalArgumentException("the host to connect to must not be empty");
    }
    this.host = host;
    this.port = Addresses.port(port);
    this.address = null;
  }

  /** A client of an address, which may be a {@link java.net.UnixDomainSocketAddress}. */
  protected ClientSetup(EventLoop loop, SocketAddress address) {
    super(loop);
    this.host = "";
    this.port = 0;
    this.address = address;
  }

  /** A new socket of this kind, not connected yet. */
  protected abstract S socket();

  /** Sends a text, as UTF-8, before anything else. cl-async: {@code :data}. */
  public B data(String text) {
    return data(text.getBytes(UTF_8));
  }

  /** Sends bytes before anything else. */
  public B data(byte[] bytes) {
    data.writeBytes(bytes);
    return self();
  }

  /**
   * Opens the socket and returns at once. Callbacks report in a later turn that it is connected, or
   * why not.
   */
  public S open() {
    openOnce();
    S socket = socket();
    Connection connection = connection(socket, Handle.Kind.OUTGOING);
    if (data.size() > 0) {
      connection.out().write(ByteBuffer.wrap(data.toByteArray()), null);
    }
    tellCapture(socket);
    if (address == null) {
      connection.opening().connect(host, port);
    } else {
      connection.opening().connect(address);
    }
    return socket;
  }

  /**
   * Opens the socket as {@link #open} does. The future completes on the loop's thread: with the
   * socket when it is connected, over SSL when the handshake is done, behind that callback; or with
   * the {@link dev.ferrule.event.EventError} by which it failed, which then needs no event
   * callback. Cancelling the future, from any thread, aborts the attempt, as does whoever else
   * completes it by an exception, such as {@code orTimeout}.
   */
  public CompletableFuture<S> openAsync() {
    OpeningFuture<S> opening = new OpeningFuture<>();
    whenOpen(opening::opened);
    return opening.of(open());
  }

  /** Calls {@code action} when the socket is connected; for kinds that have more to do, later. */
  @SuppressWarnings("unchecked") // the setup opens sockets of kind S only
  protected void whenOpen(Consumer<? super S> action) {
    Consumer<Endpoint> before = callbacks.connect;
    callbacks.connect =
        socket -> {
          try {
            if (before != null) {
              before.accept(socket);
            }
          } finally {
            action.accept((S) socket);
          }
        };
  }

  /**
   * Opens a socket on a shared loop for a thread that has none, and waits until it is open; for the
   * {@code dial} of each kind.
   */
  protected static <S extends TcpSocket, B extends ClientSetup<S, B>> BlockingSocket<S> dial(
      Function<EventLoop, B> setup) throws IOException {
    return Dialing.dial(setup);
  }

  /**
   * Opens the socket and returns its stream. With a read callback and no stream callback, what is
   * received goes to the former and the stream serves for writing. cl-async: {@code :stream t}.
   */
  public AsyncStream openStream() {
    streams = streams || callbacks.read == null;
    return AsyncStream.of(open());
  }
}
