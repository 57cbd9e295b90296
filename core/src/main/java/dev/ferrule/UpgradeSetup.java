package dev.ferrule;

import dev.ferrule.access.EventSubject;
import dev.ferrule.connection.Connection;
import dev.ferrule.connection.Limits;
import dev.ferrule.event.TcpError;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Puts another kind of socket on the connection of an open one (STARTTLS). The new socket takes
 * over the callbacks that the old one has when this setup is made, and its limits, stream,
 * attachment and what waits to be sent when it is opened, but for what is set here; calls on the
 * old one throw an exception that says so. cl-async: {@code wrap-in-ssl}.
 *
 * @param <S> the kind of the new socket
 * @param <B> the setup itself
 */
public abstract class UpgradeSetup<S extends TcpSocket, B extends UpgradeSetup<S, B>>
    extends SocketSetup<S, B> {
  private final TcpSocket old;

  /**
   * An upgrade of {@code old}, with the callbacks that it has now.
   *
   * @throws IllegalStateException when it was wrapped before
   */
  protected UpgradeSetup(TcpSocket old) {
    super(old.loop());
    this.old = old;
    this.callbacks = old.connection().callbacks().copy();
  }

  /**
   * As {@link #open}; the future is as that of {@link ClientSetup#openAsync}, and completes when
   * the handshake is done.
   */
  public CompletableFuture<S> openAsync() {
    OpeningFuture<S> opening = new OpeningFuture<>();
    whenOpen(opening::opened);
    return opening.of(open());
  }

  /** Calls {@code action} when the handshake is done. */
  protected abstract void whenOpen(Consumer<? super S> action);

  /** The new socket. */
  protected abstract S socket();

  /** The error for plain bytes that were received after the point of upgrade. */
  protected abstract TcpError injected(long bytes);

  /**
   * Takes the connection over. Bytes that the old socket has queued are sent first, unencrypted. A
   * socket that is still connecting may be wrapped: the handshake begins when it is connected, and
   * what is written to the new socket is sent after it. One that goes through proxies is wrapped in
   * its connect callback or later, and SSL to a proxy stays around it.
   *
   * <p>Bytes that the old socket received and the program did not consume were sent after the point
   * of upgrade. An attacker may have injected them, so the new socket fails with an error that says
   * so.
   *
   * @throws IllegalStateException when the old socket is closed, wrapped, on its way through
   *     proxies, sending a file, or used by blocking streams
   */
  public S open() {
    Connection connection = old.connection();
    openOnce();
    if (connection.closing().asked() || connection.out().ended()) {
      throw new IllegalStateException("a closed socket cannot be wrapped");
    }
    if (connection.isTunnelling()) {
      throw new IllegalStateException(
          "this socket is on its way through a proxy: wrap it in its connect callback or later");
    }
    if (!connection.speaksPlain()) {
      throw new IllegalStateException("this socket is wrapped in SSL already");
    }
    if (connection.out().sendsFile()) {
      throw new IllegalStateException(
          "this socket sends a file: wrap it when that has been sent, in its callback");
    }
    old.requireCallbacks();
    connection.in().reclaim();
    callbacks.endings = connection.callbacks().endings;
    callbacks.remainder = null;
    S socket = socket();
    socket.attach(old.attachment());
    socket.takeOver(old);
    if (streams) {
      socket.openStream();
    } else if (calls) {
      connection.in().calling();
    }
    tellCapture(socket);
    Limits limits = limitsOver(connection.limits());
    long behind = connection.in().drop();
    if (behind > 0) {
      connection
          .opening()
          .refuseUpgrade(
              socket,
              socket.transport(),
              callbacks,
              limits,
              EventSubject.set(injected(behind), socket));
    } else {
      connection.opening().upgrade(socket, socket.transport(), callbacks, limits);
    }
    return socket;
  }
}
