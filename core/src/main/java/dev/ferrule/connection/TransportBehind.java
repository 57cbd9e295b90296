package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.jfr.FailureFacts;
import dev.ferrule.jfr.HandshakeFacts;
import dev.ferrule.spi.Wire;
import org.jspecify.annotations.Nullable;

/**
 * A transport that first reaches, or learns of, the peer through a proxy, and then is the socket's
 * own: what is asked about the socket's handshake is passed on to that. On the loop's thread.
 */
interface TransportBehind extends Transport {
  /** The transport of the socket. */
  Transport inner();

  @Override
  default boolean connectsLater() {
    return true;
  }

  @Override
  default void secured(Endpoint socket, Wire wire) {
    inner().secured(socket, NestedWire.own(wire));
  }

  @Override
  default boolean isRefusal(EventError failure) {
    return inner().isRefusal(failure);
  }

  @Override
  default HandshakeFacts facts(Endpoint socket, @Nullable Wire wire, @Nullable EventError failure) {
    return inner().facts(socket, wire == null ? null : NestedWire.own(wire), failure);
  }

  @Override
  default FailureFacts about(EventError failure) {
    return inner().about(failure);
  }

  @Override
  default void refusedLate(EventError error, Endpoint socket) {
    inner().refusedLate(error, socket);
  }

  @Override
  default Object code() {
    return inner().code();
  }

  @Override
  default void failed(
      EventError error,
      Endpoint socket,
      @Nullable Wire wire,
      OpeningTimes times,
      long sent,
      long received) {
    Transport proxys = wire instanceof TunnelWire opening ? opening.securing() : null;
    if (proxys != null && wire instanceof TunnelWire opening) {
      proxys.failed(error, socket, opening.current(), times, sent, received);
      return;
    }
    Wire own = wire instanceof TunnelWire opening ? opening.inner() : wire;
    inner().failed(error, socket, own == null ? null : NestedWire.own(own), times, sent, received);
  }
}
