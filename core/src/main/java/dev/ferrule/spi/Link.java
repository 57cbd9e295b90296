package dev.ferrule.spi;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The operating system's end of a connection. It never blocks and belongs to one loop's thread.
 *
 * <p>Failures are {@link LinkException}s, which say what kind they are. After {@link #close} or
 * {@link #abort} nothing else is called, and a second close does nothing.
 */
public interface Link {
  /** Interest in, or readiness for, reading. */
  int READ = 1;

  /** Interest in, or readiness for, writing; while connecting, for the end of connecting. */
  int WRITE = 2;

  /** Called by the poller, inside {@link Poller#poll}, when the link is ready for {@code ops}. */
  @FunctionalInterface
  interface Ready {
    /** The link is ready for some of {@link #READ} and {@link #WRITE}. */
    void ready(int ops);
  }

  /** Sets the listener for readiness. */
  void attach(Ready ready);

  /** Sets what the poller watches: {@link #READ} and {@link #WRITE} or'ed, 0 for nothing. */
  void interest(int ops);

  /** Whether connecting is done; false when it needs more time. Throws when it failed. */
  boolean finishConnect() throws IOException;

  /** Reads once: the number of bytes, 0 when nothing is there, -1 at the end (FIN). */
  int read(ByteBuffer destination) throws IOException;

  /** Writes once, as much as is taken: the number of bytes, maybe 0. */
  int write(ByteBuffer source) throws IOException;

  /** Sends FIN after what was written. */
  void shutdownOutput() throws IOException;

  /** Closes; bytes that were written before are still sent. */
  void close();

  /** Closes with RST; bytes that were written before may be lost. */
  void abort();

  /** Disables (true) or enables Nagle's algorithm; does nothing where the protocol has none. */
  void noDelay(boolean disabled) throws IOException;

  /** {@link #sendFile} says that this link sends no files, or not this one. */
  int NO_FILE = -1;

  /**
   * Sends bytes of a file that are not read into memory before: as many as are taken at once, and
   * {@code most} at most. The caller moves the range by them.
   *
   * @return the number of bytes; 0 when the link takes none now, or the file has become shorter;
   *     {@link #NO_FILE} where the bytes are to be written by {@link #write}
   */
  default int sendFile(FileRange file, int most) throws IOException {
    return NO_FILE;
  }

  /** How the system can protect this link's records; null where it cannot. */
  default @Nullable KernelRecords kernelRecords() {
    return null;
  }

  /** What the system knows of the path to the peer; null where it does not tell. */
  default @Nullable PathFacts path() {
    return null;
  }

  /** The address on this side; null when unknown. */
  @Nullable SocketAddress localAddress();

  /** The peer's address; null when unknown. */
  @Nullable SocketAddress remoteAddress();
}
