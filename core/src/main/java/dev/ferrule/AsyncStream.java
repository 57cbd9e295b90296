package dev.ferrule;

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
    AsyncStream stream = lane.in.stream();
    if (stream != null) {
      return stream;
    }
    return lane.callbacks.read == null ? lane.in.streaming() : new AsyncStream(lane);
  }

  /** The socket below: after an upgrade, the new one. */
  public TcpSocket socket() {
    return lane.socket;
  }

  @Override
  public int read(ByteBuffer destination) {
    lane.loop.check();
    return lane.in.take(destination);
  }

  @Override
  public long available() {
    return lane.in.waiting();
  }

  @Override
  public boolean atEnd() {
    return available() == 0 && (lane.in.ended() || lane.ending.asked());
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
