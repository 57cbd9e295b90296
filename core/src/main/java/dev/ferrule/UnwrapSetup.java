package dev.ferrule;

import dev.ferrule.connection.Connection;
import dev.ferrule.connection.Transport;
import dev.ferrule.connection.Unwrapping;

/**
 * How an encrypted socket goes back to plain TCP on the same connection, as FTP's CCC does (RFC
 * 4217 12.3). The plain socket has the limits and the attachment of the encrypted one, its stream
 * if it had one, and the callbacks that are set here: those of the encrypted socket were made for
 * another kind. Used on the loop's thread and opened once.
 *
 * <p>What is sent from then on can be read and changed by everybody between the two peers.
 */
public final class UnwrapSetup extends SocketSetup<TcpSocket, UnwrapSetup> {
  private final TcpSocket old;

  UnwrapSetup(TcpSocket old) {
    super(old.loop());
    this.old = old;
    this.limits = old.connection().limits();
  }

  /**
   * Ends this side's part of SSL: sends what is queued, then close_notify, and waits for the
   * peer's, which it may have sent already. Until that has come and all that came before it was
   * read, the encrypted socket goes on reading, and cannot write. Then its close callback is
   * called, the connect callback of this setup gets the plain socket, and what the peer sent behind
   * its close_notify is read as plain text.
   *
   * <p>What goes wrong until then is told to the encrypted socket: a peer that sends nothing for
   * the close timeout ({@link dev.ferrule.event.TcpTimeout}), ends without close_notify or resets.
   *
   * @throws IllegalStateException when the socket is not open, is not encrypted, has ended its
   *     output, is being unwrapped already, is relayed or used by blocking streams, or is inside of
   *     SSL to a proxy
   */
  public void open() {
    Connection connection = old.connection();
    openOnce();
    old.requireCallbacks();
    if (connection.closing().asked() || connection.out().ended()) {
      throw new IllegalStateException(
          connection.isUnwrapping()
              ? "this socket is being unwrapped already"
              : "a socket that is closed, or whose output has ended, cannot be unwrapped");
    }
    if (connection.isPlain() || connection.state() != Connection.State.OPEN) {
      throw new IllegalStateException(
          "only a socket whose handshake is done can be unwrapped: wait for its secure callback");
    }
    if (connection.isNested()) {
      throw new IllegalStateException(
          "a socket inside of SSL to a proxy cannot be unwrapped: that SSL would end too");
    }
    if (connection.callbacks().joinedEnd != null) {
      throw new IllegalStateException("a relayed socket cannot be unwrapped");
    }
    TcpSocket plain = new TcpSocket(Transport.PLAIN);
    plain.attach(old.attachment());
    new Unwrapping(connection, plain, callbacks, limits, () -> takeOver(plain)).begin();
  }

  private void takeOver(TcpSocket plain) {
    plain.takeOver(old);
    if (streams) {
      plain.openStream();
    } else if (calls) {
      plain.connection().in().calling();
    }
  }
}
