package dev.ferrule.ssl;

import dev.ferrule.AsyncStream;
import dev.ferrule.BlockingSocket;
import dev.ferrule.ReadCallback;
import dev.ferrule.StreamCallback;
import dev.ferrule.TcpSocket;
import dev.ferrule.UnwrapSetup;
import dev.ferrule.connection.Transport;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A socket that speaks SSL; it may be passed wherever a {@link TcpSocket} may. What is written
 * before the handshake is done waits and goes out in order. Callbacks that are set here get this
 * kind of socket. cl-async: {@code ssl-socket}.
 */
public final class SslSocket extends TcpSocket {
  private volatile @Nullable SslSession session;

  SslSocket(Transport transport) {
    super(transport);
  }

  /** What the handshake agreed on; empty until it is done. Any thread. */
  public Optional<SslSession> session() {
    return Optional.ofNullable(session);
  }

  /**
   * Goes back to plain TCP on the same connection: {@link UnwrapSetup#open} ends SSL by
   * close_notify in both directions, and the connect callback of the setup gets the plain socket.
   * It can be called when the handshake is done, also in the callback that hears of the peer's end
   * ({@link dev.ferrule.event.TcpEof}).
   */
  public UnwrapSetup unwrap() {
    return unwrapping();
  }

  /**
   * Whether the peer's close_notify came after this side had sent its own: a peer that follows RFC
   * 5246 7.2.1, or sends its own only when it has read that of this side, then has received all.
   * Before TLS 1.3 that is the rule; in TLS 1.3 both may have been on their way at once. To be
   * asked in the close callback or later; false before, and when the peer ended first, cut the
   * connection or took longer than the close timeout.
   */
  public boolean closeConfirmed() {
    return isCloseConfirmed();
  }

  void secured(SslSession session) {
    this.session = session;
  }

  /** A {@link ReadCallback} of an SSL socket. */
  @FunctionalInterface
  public interface OnRead extends ReadCallback<TcpSocket> {
    /** As {@link ReadCallback#read}. */
    void received(SslSocket socket, ByteBuffer data);

    @Override
    default void read(TcpSocket socket, ByteBuffer data) {
      received((SslSocket) socket, data);
    }
  }

  /** A {@link StreamCallback} of an SSL socket. */
  @FunctionalInterface
  public interface OnStream extends StreamCallback<TcpSocket> {
    /** As {@link StreamCallback#ready}. */
    void readable(SslSocket socket, AsyncStream stream);

    @Override
    default void ready(TcpSocket socket, AsyncStream stream) {
      readable((SslSocket) socket, stream);
    }
  }

  /** Decides what a server's client gets, once its hello is known. */
  @FunctionalInterface
  public interface OnHello {
    /**
     * Called on the loop's thread, before the certificate is chosen and any key is used. It answers
     * by {@code choice}, now or later.
     */
    void hello(SslSocket socket, SslHello hello, SslChoice choice);
  }

  /** Another callback of an SSL socket. */
  @FunctionalInterface
  public interface Callback extends Consumer<TcpSocket> {
    /** Calls back. */
    void call(SslSocket socket);

    @Override
    default void accept(TcpSocket socket) {
      call((SslSocket) socket);
    }
  }

  /** {@inheritDoc} */
  @Override
  @SuppressWarnings("unchecked") // those of this socket
  public BlockingSocket<SslSocket> blocking() {
    return (BlockingSocket<SslSocket>) super.blocking();
  }

  /** As {@link TcpSocket#write(ByteBuffer, Consumer)}. */
  public boolean write(ByteBuffer data, Callback done) {
    return super.write(data, done);
  }

  /** As {@link TcpSocket#write(byte[], Consumer)}. */
  public boolean write(byte[] data, Callback done) {
    return super.write(data, done);
  }

  /** As {@link TcpSocket#write(String, Consumer)}. */
  public boolean write(String text, Callback done) {
    return super.write(text, done);
  }

  /** As {@link TcpSocket#onRead}. */
  public void onRead(OnRead callback) {
    super.onRead(callback);
  }

  /** As {@link TcpSocket#onStream}. */
  public void onStream(OnStream callback) {
    super.onStream(callback);
  }

  /** As {@link TcpSocket#onWrite}. */
  public void onWrite(Callback callback) {
    super.onWrite(callback);
  }

  /** As {@link TcpSocket#onDrain}. */
  public void onDrain(Callback callback) {
    super.onDrain(callback);
  }
}
