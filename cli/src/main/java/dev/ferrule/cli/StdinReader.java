package dev.ferrule.cli;

import dev.ferrule.TcpSocket;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Copies standard input to a socket. A separate thread reads, because reading may block
 * indefinitely. It has one buffer and reads again only when the socket has taken its content and
 * has room for more.
 */
final class StdinReader {
  private static final int SIZE = 128 * 1024;

  private final InputStream in;
  private final Semaphore mayRead = new Semaphore(0);
  private boolean heldOff; // on the loop's thread only

  StdinReader(InputStream in) {
    this.in = in;
  }

  /** Starts the thread; {@code ended} runs on the loop when the input ends or cannot be read. */
  void start(TcpSocket socket, EndOfInput ended) {
    mayRead.release();
    Thread.ofPlatform().daemon().name("ferrule-stdin").start(() -> run(socket, ended));
  }

  /** Called when reading has ended; {@code failure} is null at the end of input. */
  @FunctionalInterface
  interface EndOfInput {
    void ended(@Nullable IOException failure);
  }

  /** The socket has room for more. */
  void drained() {
    if (heldOff) {
      heldOff = false;
      mayRead.release();
    }
  }

  private void run(TcpSocket socket, EndOfInput ended) {
    byte[] buffer = new byte[SIZE];
    try {
      while (true) {
        mayRead.acquire();
        int n = in.read(buffer);
        if (n < 0) {
          socket.loop().execute(() -> ended.ended(null));
          return;
        }
        socket.loop().execute(() -> handOver(socket, ByteBuffer.wrap(buffer, 0, n)));
      }
    } catch (IOException e) {
      socket.loop().execute(() -> ended.ended(e));
    } catch (InterruptedException | IllegalStateException e) {
      // The loop has ended; the rest of the input is not needed.
    }
  }

  private void handOver(TcpSocket socket, ByteBuffer data) {
    if (socket.isClosed()) {
      return; // the daemon thread keeps waiting until the process exits
    }
    if (socket.write(data)) {
      mayRead.release();
    } else {
      heldOff = true;
    }
  }
}
