package dev.ferrule.ssl.spi;

import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.SslSession;

/** A wire that encrypts. */
public interface SslWire extends Wire {
  /** The result of the handshake; called once, when it is done. */
  SslSession session();
}
