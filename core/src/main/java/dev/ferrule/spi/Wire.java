package dev.ferrule.spi;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What stands between a socket and its link: the identity for plain TCP, encryption for SSL. It
 * reads its link itself and puts what it has to say into its {@link Outlet}.
 *
 * <p>An answer is one int: a count above 0, or a want below 0. A failure is thrown, and thrown
 * again by each later call; before it is thrown, an alert for the peer is in the outlet if there is
 * one to send. Called on the loop's thread only, and not while a {@link #task} runs.
 */
public interface Wire {
  /** The handshake, or the end of output, is done. */
  int DONE = 0;

  /** Call again when the link is ready to read. */
  int READ = -1;

  /** Call again when the outlet has been flushed. */
  int WRITE = -2;

  /** Run {@link #task}, on any thread, then call again. */
  int TASK = -3;

  /** The peer ended its side cleanly; nothing more will be read. */
  int END = -4;

  /** Where this wire wants the buffers that it is called with. */
  Memory memory();

  /** Goes on with the handshake: {@link #DONE}, {@link #READ}, {@link #WRITE} or {@link #TASK}. */
  int handshake() throws IOException;

  /**
   * Reads from the link once and gives what came of it: a count, {@link #READ} (nothing yet),
   * {@link #WRITE}, {@link #TASK} or {@link #END}.
   */
  int read(ByteBuffer destination) throws IOException;

  /** Whether {@link #read} may give something although the link is not ready. */
  boolean buffered();

  /** Takes bytes of {@code source}: a count, or {@link #WRITE} when the outlet has no room. */
  int write(ByteBuffer source) throws IOException;

  /**
   * Says that no more will be written (close_notify): {@link #DONE} or {@link #WRITE}. After a
   * failure it only goes on with the alert, where the outlet had no room for all of it.
   */
  int closeOutput() throws IOException;

  /** The work that {@link #TASK} asked for. */
  Runnable task();

  /** Frees what it holds; called once, last. */
  void release();
}
