package dev.ferrule.ssl;

import dev.ferrule.AsyncStream;
import dev.ferrule.BlockingSocket;
import dev.ferrule.ReadCallback;
import dev.ferrule.StreamCallback;
import dev.ferrule.TcpSocket;
import dev.ferrule.UnwrapSetup;
import dev.ferrule.connection.Transport;
import dev.ferrule.ssl.records.KeyingMaterial;
import dev.ferrule.ssl.spi.KernelUse;
import dev.ferrule.ssl.spi.SslWire;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A socket that speaks SSL; it may be passed wherever a {@link TcpSocket} may. What is written
 * before the handshake is done waits and goes out in order. Callbacks that are set here get this
 * kind of socket. cl-async: {@code ssl-socket}.
 */
public final class SslSocket extends TcpSocket {
  private volatile @Nullable Object outcome; // of the handshake: its session, or facts of a failure
  private @Nullable SslWire wire; // once the handshake is done
  private boolean kernelAsked; // and not refused: the kernel keeps what it has taken

  SslSocket(Transport transport) {
    super(transport);
  }

  /** What the handshake agreed on; empty until it is done. Any thread. */
  public Optional<SslSession> session() {
    return outcome instanceof SslSession session ? Optional.of(session) : Optional.empty();
  }

  /**
   * What is known of the handshake, or of connecting, when that failed for whatever reason: an
   * {@link SslError}, a time limit, a reset. It is there when the event callback is called, and
   * empty before that and when the handshake was done.
   */
  public Optional<SslHandshakeFacts> failedHandshake() {
    return outcome instanceof SslHandshakeFacts facts ? Optional.of(facts) : Optional.empty();
  }

  /**
   * Goes back to plain TCP on the same connection: {@link UnwrapSetup#open} ends SSL by
   * close_notify in both directions, and the connect callback of the setup gets the plain socket.
   * It can be called when the handshake is done, also in the callback that hears of the peer's end
   * ({@link dev.ferrule.event.TcpEof}).
   *
   * @throws IllegalStateException when the kernel protects the records ({@link
   *     SslSetup#kernelTls}), or waits to: it never gives a connection back
   */
  public UnwrapSetup unwrap() {
    if (kernelAsked) {
      throw new IllegalStateException(
          "the kernel protects this connection to its end: leave kernelTls() out where a socket is"
              + " to be unwrapped");
    }
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

  /**
   * Bytes that both sides get from the connection's keys and nobody else knows, for a protocol
   * inside the connection (RFC 8446 7.5, RFC 5705). They belong to the program, which overwrites
   * them when it has used them.
   *
   * @param label whose bytes: 1 to 249 characters of ASCII, such as {@code EXPORTER_my_protocol},
   *     but none of those that TLS itself derives keys by
   * @param context what else they depend on, of at most 65,535 bytes (255 with the jdk provider in
   *     TLS 1.3); null is none, which is another value than an empty one in TLS 1.2, and the same
   *     in TLS 1.3
   * @param length how many bytes, 1 to 8,160
   * @throws IllegalArgumentException when one of them is out of its bounds
   * @throws IllegalStateException before the handshake is done, when the socket is closed, in a
   *     version before TLS 1.2, in TLS 1.2 without an extended master secret (RFC 7627 5.4), and
   *     where the provider cannot tell
   * @throws WrongThreadException on another thread than the loop's
   */
  public byte[] exportKeyingMaterial(String label, byte @Nullable [] context, int length) {
    KeyingMaterial.require(label, context, length);
    SslWire open = openWire();
    if (agreed().protocol().compareTo(Protocol.TLS_1_2) < 0) {
      throw new IllegalStateException(
          agreed().protocol() + " exports no keying material here: speak TLS 1.2 or later");
    }
    return open.export(label, context, length);
  }

  /**
   * The bytes of a channel binding, which both sides of this connection get alike.
   *
   * @throws IllegalStateException as {@link #exportKeyingMaterial}; for {@link
   *     ChannelBinding#TLS_SERVER_END_POINT} where the server's certificate is not known: a server
   *     of the boringssl provider does not know it of a session that it resumed with shared ticket
   *     keys, a server that is authenticated by an external PSK has none, and a signature without a
   *     hash, such as Ed25519, gives none
   * @throws WrongThreadException on another thread than the loop's
   */
  public byte[] channelBinding(ChannelBinding kind) {
    return switch (kind) {
      case TLS_EXPORTER ->
          exportKeyingMaterial(
              ChannelBinding.EXPORTER_LABEL, new byte[0], ChannelBinding.EXPORTER_LENGTH);
      case TLS_SERVER_END_POINT -> {
        X509Certificate certificate = openWire().serverCertificate(agreed());
        if (certificate == null) {
          throw new IllegalStateException(
              agreed().externalPsk().isPresent()
                  ? "this connection has no channel binding tls-server-end-point: its server was"
                      + " authenticated by an external PSK and showed no certificate; take"
                      + " tls-exporter"
                  : "the certificate that this connection's server showed is not known: its session"
                      + " was resumed with ticket keys that other servers have too");
        }
        yield ChannelBinding.endPoint(certificate);
      }
    };
  }

  private SslWire openWire() {
    if (!loop().inLoop()) {
      throw new WrongThreadException(
          "keys are exported on the loop's thread: use loop.execute(() -> ...)");
    }
    SslWire done = wire;
    if (done == null || isClosed()) {
      throw new IllegalStateException(
          done == null ? "the handshake is not done" : "the socket is closed");
    }
    return done;
  }

  private SslSession agreed() {
    return session().orElseThrow();
  }

  void secured(SslSession agreed, SslWire done) {
    outcome = agreed;
    wire = done;
  }

  /** Kernel TLS was asked for; what becomes of it is told as it is known. */
  void useKernel() {
    SslWire done = wire;
    if (done == null) {
      return;
    }
    if (agreed().protocol() != Protocol.TLS_1_3) {
      noKernel("it is for TLS 1.3, and this connection speaks " + agreed().protocol());
      return;
    }
    kernelAsked = true;
    done.useKernel(
        new KernelUse() {
          @Override
          public void does(KernelTls directions) {
            outcome = agreed().with(directions);
          }

          @Override
          public void refused(String reason) {
            kernelAsked = agreed().kernel() != KernelTls.NONE;
            noKernel(reason);
          }
        });
  }

  private void noKernel(String reason) {
    tellLater("kernel TLS is not there: " + reason);
  }

  void failed(SslHandshakeFacts facts) {
    if (outcome == null) {
      outcome = facts;
    }
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

  /** As {@link TcpSocket#sendFile(Path, long, long, Consumer)}. */
  public boolean sendFile(Path file, long offset, long length, Callback done) {
    return super.sendFile(file, offset, length, done);
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
