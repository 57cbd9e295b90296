package dev.ferrule.ssl;

import dev.ferrule.connection.OpeningTimes;
import dev.ferrule.connection.Transport;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.jfr.FailureFacts;
import dev.ferrule.jfr.HandshakeFacts;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.server.AdmittedDecision;
import dev.ferrule.ssl.server.HelloDecision;
import dev.ferrule.ssl.server.HelloWire;
import java.io.IOException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the wires of a server's sockets, on its loop. The context can be replaced, by any thread: a
 * connection has the one that was current when it was accepted.
 */
final class SslServerTransport implements Transport {
  private final @Nullable BiConsumer<? super SslSocket, ? super SslSession> onSecure;
  private final SslSocket.@Nullable OnHello onHello;
  private final @Nullable SslAdmission admission;
  private volatile SslContext context;

  SslServerTransport(
      SslContext context,
      @Nullable BiConsumer<? super SslSocket, ? super SslSession> onSecure,
      SslSocket.@Nullable OnHello onHello,
      @Nullable SslAdmission admission) {
    this.admission = admission;
    this.onSecure = onSecure;
    this.onHello = onHello;
    this.context = context;
  }

  void context(SslContext next) {
    next.wires(true); // throws if it is for clients
    context = next;
  }

  @Override
  public Wire wire(Link link, Buffers buffers, Owner owner) throws IOException {
    SslContext current = context;
    HelloDecision decision =
        onHello == null ? current::choose : new SslChoice.Asking(owner, current, onHello);
    if (admission != null) {
      decision = new AdmittedDecision(decision, admission.admission, owner, link);
    }
    return new HelloWire(link, buffers, owner, current.wires(true).memory(), decision);
  }

  @Override
  public HandshakeFacts facts(Endpoint socket, @Nullable Wire wire, @Nullable EventError failure) {
    return SslTransport.facts("server", socket, wire, failure);
  }

  @Override
  public Object code() {
    return onSecure == null ? this : onSecure;
  }

  @Override
  public void failed(
      EventError error,
      Endpoint socket,
      @Nullable Wire wire,
      OpeningTimes times,
      long sent,
      long received) {
    FailedHandshake.tell(
        error,
        socket,
        wire,
        FailedHandshake.times(times),
        sent,
        received,
        context.wires(true),
        true,
        null);
  }

  @Override
  public FailureFacts about(EventError failure) {
    return SslTransport.about(failure, Transport.super.about(failure));
  }

  @Override
  public void secured(Endpoint socket, Wire wire) {
    SslTransport.tell(socket, wire, onSecure);
  }
}
