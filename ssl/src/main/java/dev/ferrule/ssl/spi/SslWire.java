package dev.ferrule.ssl.spi;

import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSession;
import java.nio.ByteBuffer;

/** A wire that encrypts. */
public interface SslWire extends Wire {
  /**
   * A server's first call: what its client has said, and the bytes that were received so far, which
   * begin with that hello and are copied.
   */
  void begin(SslHello hello, ByteBuffer received);

  /** Whether the handshake, which is done, resumed a session; before {@link #established}. */
  boolean resumed();

  /** The result of the handshake; called once, when it is done. */
  SslSession session();
}
