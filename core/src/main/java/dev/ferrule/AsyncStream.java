package dev.ferrule;

import dev.ferrule.connection.Connection;
import java.nio.ByteBuffer;

/**
 * A socket as a stream: received bytes are kept until they are read. Reading never blocks. It can
 * be passed on as an {@link AsyncInput} or an {@link AsyncOutput} alone. Bytes that were received
 * before the socket closed can be read afterwards. Belongs to the loop's thread. cl-async: {@code
 * async-io-stream}.
 */
public final class AsyncStream implements AsyncInput, AsyncOutput {
  private final Connection connection;

  AsyncStream(Connection connection) {
    this.connection = connection;
  }

  /**
   * The stream of a socket. Bytes that are received from now on are kept in it, unless the socket
   * has a read callback, which then gets them. cl-async: {@code (make-instance 'async-io-stream
   * :socket socket)}.
   */
  public static AsyncStream of(TcpSocket socket) {
    Connection connection = socket.connection();
    connection.loop().check();
    AsyncStream stream = socket.streamIfOpen();
    if (stream != null) {
      return stream;
    }
    return connection.callbacks().read == null ? socket.openStream() : new AsyncStream(connection);
  }

  /** Its socket; after an upgrade, the new one. */
  public TcpSocket socket() {
    return (TcpSocket) connection.socket();
  }

  @Override
  public int read(ByteBuffer destination) {
    connection.loop().check();
    return connection.in().take(destination);
  }

  @Override
  public int peek(ByteBuffer destination) {
    connection.loop().check();
    return connection.in().peek(destination);
  }

  @Override
  public long available() {
    return connection.in().waiting();
  }

  @Override
  public boolean atEnd() {
    return available() == 0 && (connection.in().ended() || connection.closing().asked());
  }

  @Override
  public boolean write(ByteBuffer data) {
    return socket().write(data);
  }

  @Override
  public boolean write(byte[] data, int offset, int length) {
    return socket().write(data, offset, length);
  }

  @Override
  public boolean write(String text) {
    return socket().write(text);
  }

  /** Closes the socket as {@link TcpSocket#close} does. */
  public void close() {
    socket().close();
  }
}
