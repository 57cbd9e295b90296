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
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.ssl.trust.HostName;
import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the wire of a client with the factory of its context; {@code notices} tells the program
 * what its verification has noticed.
 */
record SslTransport(
    WireFactory wires,
    @Nullable String host,
    int port,
    @Nullable BiConsumer<? super SslSocket, ? super SslSession> onSecure,
    BiConsumer<Endpoint, List<String>> notices)
    implements Transport {
  @Override
  public Wire wire(Link link, Buffers buffers, Owner owner) throws IOException {
    SslWire wire =
        wires.wire(link, owner.open(wires.memory()), buffers, host, peerPort(link, owner));
    SslSettings settings = wires.settings();
    if (settings != null && settings.kernelTls()) {
      wire.askForKernel();
    }
    return wire;
  }

  /** A socket that is wrapped knows its peer's port only when it is connected. */
  private int peerPort(Link link, Owner owner) {
    return port == 0 ? owner.peerPort(link) : port;
  }

  /** In TLS 1.3 a server looks at a client's certificate when the client is done. */
  @Override
  public boolean isRefusal(EventError failure) {
    return failure instanceof SslError error
        && error.side() == SslError.Side.PEER
        && error.stage() == SslError.Stage.CERTIFICATE;
  }

  @Override
  public void secured(Endpoint socket, Wire wire) {
    SslSettings settings = wires.settings();
    if (settings != null) {
      notices.accept(socket, settings.told());
    }
    tell(socket, wire, onSecure);
  }

  @Override
  public HandshakeFacts facts(Endpoint socket, @Nullable Wire wire, @Nullable EventError failure) {
    HandshakeFacts known = facts("client", socket, wire, failure);
    return known.serverName() != null || host == null || !HostName.isSendable(host)
        ? known
        : known.withServerName(host);
  }

  @Override
  public Object code() {
    return onSecure == null ? this : onSecure;
  }

  /** What is known of the handshake of one side. */
  static HandshakeFacts facts(
      String side, Endpoint socket, @Nullable Wire wire, @Nullable EventError failure) {
    if (wire instanceof SslWire done && socket instanceof SslSocket sslSocket) {
      SslSession session = sslSocket.session().orElseGet(done::session);
      return new HandshakeFacts(
          side,
          session.protocol().toString(),
          session.cipher(),
          session.group().orElse(null),
          session.postQuantum(),
          session.resumed(),
          session.serverName().orElse(null),
          session.alpn().orElse(null),
          session.provider());
    }
    String asked =
        failure instanceof SslError error
            ? error.hello().flatMap(SslHello::serverName).orElse(null)
            : null;
    return HandshakeFacts.NONE.withSide(side).withServerName(asked);
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
        error, socket, wire, FailedHandshake.times(times), sent, received, wires, false, host);
  }

  @Override
  public void refusedLate(EventError error, Endpoint socket) {
    FailedHandshake.tellLate(error, socket, wires, host);
  }

  @Override
  public FailureFacts about(EventError failure) {
    return about(failure, Transport.super.about(failure));
  }

  /**
   * Who found what made SSL fail, and by which alert that was told; {@code otherwise} of others.
   */
  static FailureFacts about(EventError failure, FailureFacts otherwise) {
    if (!(failure instanceof SslError error)) {
      return otherwise;
    }
    String alert = error.alert().orElse(null);
    return error.side() == SslError.Side.PEER
        ? new FailureFacts(FailureFacts.PEER, null, alert)
        : new FailureFacts(FailureFacts.FAILURE, alert, null);
  }

  /** Gives the socket its session, and tells the program. */
  static void tell(
      Endpoint socket,
      Wire wire,
      @Nullable BiConsumer<? super SslSocket, ? super SslSession> onSecure) {
    if (socket instanceof SslSocket sslSocket && wire instanceof SslWire sslWire) {
      sslSocket.secured(sslWire.session(), sslWire);
      if (sslWire.asksForKernel()) {
        sslSocket.useKernel();
      }
      if (onSecure != null) {
        onSecure.accept(sslSocket, sslSocket.session().orElseThrow());
      }
    }
  }
}
