package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;

/** What a kind of socket puts on its link: plain TCP, or SSL. On the loop's thread. */
@FunctionalInterface
public interface Transport {
  /** Plain TCP. */
  Transport PLAIN = (link, buffers, outlets) -> new PlainWire(link, outlets.open(Memory.NATIVE));

  /** Makes an outlet in the memory that a wire wants. */
  @FunctionalInterface
  interface Outlets {
    /** The outlet of the wire that is being made; to be called once. */
    Outlet open(Memory memory) throws IOException;
  }

  /** Makes the wire on a connected link. */
  Wire wire(Link link, Buffers buffers, Outlets outlets) throws IOException;

  /**
   * The handshake of {@code wire} is done: may call the program. Not called for plain TCP, which
   * has none.
   */
  default void secured(Endpoint socket, Wire wire) {}
}
