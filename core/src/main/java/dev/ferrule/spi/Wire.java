package dev.ferrule.spi;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Converts between the bytes of a socket and those of its link: unchanged for plain TCP, encrypted
 * for SSL. It reads its link itself and puts its output into its {@link Outlet}.
 *
 * <p>The result of a call is one int: a count above 0, or a code below 0. A failure is thrown, and
 * thrown again by each later call; before it is thrown, an alert for the peer is in the outlet if
 * there is one to send. Called on the loop's thread only, and not while a {@link #task} runs.
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

  /**
   * Call again when somebody else has answered, who then says so, and each second until then; of
   * {@link #handshake} only.
   */
  int LATER = -5;

  /** The bytes are to be given to {@link #write}; of {@link #sendFile} only. */
  int BYTES = -6;

  /** The kind of memory of the buffers that this wire is called with. */
  Memory memory();

  /**
   * The wire that goes on when the handshake is done: this one, or another that takes over its link
   * and outlet, after which this one is released. Called once, before anything is read or written.
   */
  default Wire established() throws IOException {
    return this;
  }

  /**
   * Continues the handshake: {@link #DONE}, {@link #READ}, {@link #WRITE}, {@link #TASK} or {@link
   * #LATER}.
   */
  int handshake() throws IOException;

  /**
   * Reads from the link once and returns what it decrypted: a count, {@link #READ} (nothing yet),
   * {@link #WRITE}, {@link #TASK} or {@link #END}.
   */
  int read(ByteBuffer destination) throws IOException;

  /**
   * Takes bytes that came behind the peer's end ({@link #END}) and are not this wire's: the number
   * of bytes, 0 when there are no more.
   */
  default int takeRest(ByteBuffer destination) {
    return 0;
  }

  /** Whether {@link #read} may return bytes although the link is not ready. */
  boolean buffered();

  /** Takes bytes of {@code source}: a count, or {@link #WRITE} when the outlet has no room. */
  int write(ByteBuffer source) throws IOException;

  /**
   * Takes bytes of a file that the link can send as they are, and moves the range by them: a count,
   * {@link #WRITE} when the outlet has to be flushed or the link is full, or {@link #BYTES}.
   */
  default int sendFile(FileRange file) throws IOException {
    return BYTES;
  }

  /**
   * Whether reading the peer's end ({@link #END}) ends the output too, so that bytes which were not
   * written by then are lost.
   */
  default boolean endStopsOutput() {
    return false;
  }

  /**
   * Ends the output (close_notify): {@link #DONE} or {@link #WRITE}. After a failure it only
   * continues the alert, if the outlet had no room for all of it.
   */
  int closeOutput() throws IOException;

  /**
   * The records that it has decrypted since the handshake was done; -1 where there are none, or it
   * does not count them.
   */
  default long recordsRead() {
    return -1;
  }

  /** The same of those that it has encrypted. */
  default long recordsWritten() {
    return -1;
  }

  /** The work that {@link #TASK} asked for. */
  Runnable task();

  /**
   * The connection has ended while the task runs, which may cut it short: nobody waits for its
   * result. {@link #release} comes when the task has returned. On the loop's thread.
   */
  default void abandonTask() {}

  /** Frees what it holds; called once, last. */
  void release();
}
