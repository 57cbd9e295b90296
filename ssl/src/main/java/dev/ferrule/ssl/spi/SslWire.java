package dev.ferrule.ssl.spi;

import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.SslSession;

/** A wire that encrypts. */
public interface SslWire extends Wire {
  /** What the handshake agreed on; called once, after it is done. */
  SslSession session();
}
