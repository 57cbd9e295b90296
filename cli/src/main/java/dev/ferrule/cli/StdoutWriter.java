package dev.ferrule.cli;

import dev.ferrule.TcpSocket;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Copies received data to standard output. A separate thread writes, because the reader of the
 * output may be slow; reading from the socket is then paused, which slows the peer down.
 */
final class StdoutWriter {
  private static final long HIGH = 1024 * 1024;
  private static final long LOW = 256 * 1024;
  private static final byte[] END = new byte[0];

  private final OutputStream out;
  private final TcpSocket socket;
  private final LinkedBlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
  private final AtomicLong queued = new AtomicLong();
  private final Thread writer =
      Thread.ofPlatform().daemon().name("ferrule-stdout").unstarted(this::run);
  private Runnable resumed = () -> {}; // on the loop's thread only
  private volatile boolean paused;
  private volatile @Nullable IOException failure;

  private StdoutWriter(OutputStream out, TcpSocket socket) {
    this.out = out;
    this.socket = socket;
  }

  static StdoutWriter start(OutputStream out, TcpSocket socket) {
    StdoutWriter flow = new StdoutWriter(out, socket);
    flow.writer.start();
    return flow;
  }

  /** Queues received data; called on the loop's thread. */
  void take(ByteBuffer data) {
    byte[] copy = new byte[data.remaining()];
    data.get(copy);
    queue.add(copy);
    if (queued.addAndGet(copy.length) > HIGH && failure == null) {
      socket.disableReading();
      paused = true;
      if (queued.get() <= LOW) {
        resume(); // the writer drained the queue before it could see the pause
      }
    }
  }

  /** Whether reading from the socket is paused. */
  boolean isPaused() {
    return paused;
  }

  /** From now on {@code callback} hears when reading from the socket goes on after a pause. */
  void onResume(Runnable callback) {
    resumed = callback;
  }

  private void resume() {
    if (paused && !socket.isClosed()) {
      paused = false;
      resumed.run();
      socket.enableReading();
    }
  }

  /**
   * Waits until everything is written.
   *
   * @throws IOException when writing failed
   */
  void finish() throws IOException, InterruptedException {
    queue.add(END);
    writer.join();
    IOException failed = failure;
    if (failed != null) {
      throw failed;
    }
  }

  private void run() {
    try {
      byte[] next;
      while ((next = queue.take()) != END) {
        out.write(next);
        if (queue.isEmpty()) {
          out.flush();
        }
        if (queued.addAndGet(-next.length) <= LOW && paused) {
          onLoop(this::resume);
        }
      }
    } catch (IOException e) {
      failure = e;
      onLoop(socket::abort);
    } catch (InterruptedException e) {
      failure = new IOException("interrupted", e);
    }
  }

  private void onLoop(Runnable action) {
    try {
      socket.loop().execute(action);
    } catch (IllegalStateException e) {
      // The loop has ended; queued data is still written.
    }
  }
}
