package dev.ferrule;

import dev.ferrule.event.TcpError;
import dev.ferrule.spi.PlainWire;

/**
 * Puts another kind of socket on the connection of an open one (STARTTLS). The new socket takes
 * over callbacks, limits, stream and what waits to be sent; the old one then only says that it was
 * wrapped. cl-async: {@code wrap-in-ssl}.
 *
 * @param <S> the kind of the new socket
 * @param <B> the setup itself
 */
public abstract class UpgradeSetup<S extends TcpSocket, B extends UpgradeSetup<S, B>>
    extends SocketSetup<S, B> {
  private final TcpSocket old;

  /**
   * An upgrade of {@code old}, with the callbacks and limits that it has now.
   *
   * @throws IllegalStateException when it was wrapped before
   */
  protected UpgradeSetup(TcpSocket old) {
    super(old.lane().loop);
    this.old = old;
    this.callbacks = old.lane().callbacks.copy();
    this.limits = old.lane().limits;
  }

  /** The new socket. */
  protected abstract S socket();

  /** The error for bytes that came behind the point of upgrade, where only the peer may speak. */
  protected abstract TcpError injected(long bytes);

  /**
   * Takes the connection over. What the old socket has queued goes out first, as it is.
   *
   * <p>Bytes that the old socket received and that nobody consumed came behind the point of
   * upgrade: an attacker may have put them there, and the new socket fails with an error that says
   * so.
   *
   * @throws IllegalStateException when the old socket is not connected, or closed, or wrapped
   */
  public S open() {
    Lane lane = old.lane();
    loop.check();
    if (lane.ending.asked() || lane.out.ended()) {
      throw new IllegalStateException("a closed socket cannot be wrapped");
    }
    if (lane.state == Lane.State.CONNECTING) {
      throw new IllegalStateException(
          "only a connected socket can be wrapped: wait for its connect callback");
    }
    if (!(lane.wire instanceof PlainWire)) {
      throw new IllegalStateException("this socket is wrapped in SSL already");
    }
    return open(lane);
  }

  private S open(Lane lane) {
    S socket = socket();
    lane.callbacks = callbacks;
    lane.limits = limits;
    if (streams) {
      lane.in.streaming();
    }
    socket.attach(old.attachment());
    socket.lane(lane);
    old.lane(null);
    long behind = lane.in.drop();
    if (behind > 0) {
      lane.refuseUpgrade(socket, injected(behind).about(socket));
    } else {
      lane.upgrade(socket);
    }
    return socket;
  }
}
