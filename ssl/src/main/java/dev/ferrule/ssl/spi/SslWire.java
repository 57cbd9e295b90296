package dev.ferrule.ssl.spi;

import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSession;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/** A wire that encrypts. */
public interface SslWire extends Wire {
  /**
   * A server's first call: what its client has said, and the bytes that were received so far, which
   * begin with that hello and are copied.
   */
  void begin(SslHello hello, ByteBuffer received);

  /**
   * A server's second call: how its handshake is continued where it has answered {@link #LATER}. A
   * wire that never does has no use for it.
   *
   * @param resume may be run by any thread, also when the connection has ended
   */
  default void resumeBy(Runnable resume) {}

  /** Whether the handshake, which is done, resumed a session; before {@link #established}. */
  boolean resumed();

  /** Its context asks for {@link #useKernel}; called before everything else, if at all. */
  void askForKernel();

  /** Whether its context does; what goes on after {@link #established} tells it, too. */
  boolean asksForKernel();

  /** The result of the handshake; called once, when it is done. */
  SslSession session();

  /**
   * The system's kernel shall protect the records from now on, where it can; called once at most,
   * when the handshake is done. Whatever it does not take stays with this wire.
   */
  default void useKernel(KernelUse use) {
    use.refused("the provider's library keeps the records of this connection");
  }

  /**
   * Exports keying material (RFC 8446 7.5, RFC 5705), which then belongs to the caller; between the
   * end of the handshake and {@link #release}. The arguments are within their bounds.
   *
   * @throws IllegalStateException when this connection has none, or cannot tell
   */
  byte[] export(String label, byte @Nullable [] context, int length);

  /**
   * The certificate of the server of this connection, whichever side this is; null when it is not
   * known. After the handshake.
   *
   * @param session the connection's
   */
  @Nullable X509Certificate serverCertificate(SslSession session);
}
