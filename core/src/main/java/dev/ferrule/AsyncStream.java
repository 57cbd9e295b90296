package dev.ferrule;

import dev.ferrule.spi.ByteQueue;
import java.nio.ByteBuffer;

/**
 * A socket as a stream: what was received waits here until it is read. Reading never blocks. It can
 * be handed on as an {@link AsyncInput} or an {@link AsyncOutput} alone. What was received before
 * the socket closed can still be read afterwards. Belongs to the loop's thread. cl-async: {@code
 * async-io-stream}.
 */
public final class AsyncStream implements AsyncInput, AsyncOutput {
  private final Lane lane;

  AsyncStream(Lane lane) {
    this.lane = lane;
  }

  /**
   * The stream of a socket; what it receives from now on waits here, unless it has a read callback,
   * which then gets it. cl-async: {@code (make-instance 'async-io-stream :socket socket)}.
   */
  public static AsyncStream of(TcpSocket socket) {
    Lane lane = socket.lane();
    lane.loop.check();
    AsyncStream stream = lane.stream;
    if (stream == null) {
      stream = new AsyncStream(lane);
      if (lane.callbacks.read == null) {
        lane.stream = stream;
      }
    }
    return stream;
  }

  /** The socket below: after an upgrade, the new one. */
  public TcpSocket socket() {
    return lane.socket;
  }

  @Override
  public int read(ByteBuffer destination) {
    lane.loop.check();
    ByteQueue unread = lane.unread;
    if (unread == null) {
      return 0;
    }
    int n = unread.take(destination);
    if (unread.isEmpty()) {
      lane.unread = null;
    }
    lane.watch();
    return n;
  }

  @Override
  public long available() {
    ByteQueue unread = lane.unread;
    return unread == null ? 0 : unread.size();
  }

  @Override
  public boolean atEnd() {
    return available() == 0 && (lane.inputEnded() || lane.isClosed());
  }

  @Override
  public boolean write(ByteBuffer data) {
    return lane.socket.write(data);
  }

  @Override
  public boolean write(byte[] data, int offset, int length) {
    return lane.socket.write(data, offset, length);
  }

  @Override
  public boolean write(String text) {
    return lane.socket.write(text);
  }

  /** Closes the socket as {@link TcpSocket#close} does. */
  public void close() {
    lane.socket.close();
  }
}
