package dev.ferrule;

import dev.ferrule.connection.Connection;
import dev.ferrule.connection.Transport;
import dev.ferrule.connection.Unwrapping;

/**
 * How an encrypted socket goes back to plain TCP on the same connection, as FTP's CCC does (RFC
 * 4217 12.3). The plain socket has the limits and the attachment that the encrypted one has at that
 * moment, but for limits that are set here, its stream if it had one, and the callbacks that are
 * set here: those of the encrypted socket were made for another kind. SSL to a proxy, if the socket
 * is inside of that, goes on. Used on the loop's thread and opened once.
 *
 * <p>What is sent from then on can be read and changed by everybody between the two peers.
 */
public final class UnwrapSetup extends SocketSetup<TcpSocket, UnwrapSetup> {
  private final TcpSocket old;

  UnwrapSetup(TcpSocket old) {
    super(old.loop());
    this.old = old;
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
   * While reading pauses ({@link TcpSocket#disableReading}, or unread bytes up to the bound) no
   * time limit counts, and the peer's close_notify is not seen.
   *
   * @throws IllegalStateException when the socket is not open, is not encrypted, has ended its
   *     output, is being unwrapped already, or is relayed or used by blocking streams
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
    if (connection.speaksPlain() || connection.state() != Connection.State.OPEN) {
      throw new IllegalStateException(
          "only a socket whose handshake is done can be unwrapped: wait for its secure callback");
    }
    if (connection.callbacks().joinedEnd != null) {
      throw new IllegalStateException("a relayed socket cannot be unwrapped");
    }
    TcpSocket plain = new TcpSocket(Transport.PLAIN);
    new Unwrapping(connection, plain, callbacks, this::limitsOver, () -> takeOver(plain)).begin();
  }

  private void takeOver(TcpSocket plain) {
    plain.attach(old.attachment());
    plain.takeOver(old);
    if (streams) {
      plain.openStream();
    } else if (calls) {
      plain.connection().in().calling();
    }
  }
}
