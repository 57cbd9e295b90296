package dev.ferrule.tests;

import dev.ferrule.ssl.server.HelloWire;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.testkit.contract.WireEnd;

/** Wires of servers as a socket has them: the hello first, then a provider's wire. */
public final class ServerWires {
  private ServerWires() {}

  /** Makes a server's wires of {@code wires}, whatever a client asks for. */
  public static WireEnd.Maker of(WireFactory wires) {
    return (link, buffers, owner) ->
        new HelloWire(link, buffers, owner, wires.memory(), hello -> wires);
  }
}
