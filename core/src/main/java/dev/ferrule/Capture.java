package dev.ferrule;

import dev.ferrule.capture.CaptureFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file of what goes over sockets, as Wireshark and tshark read it (pcapng): the bytes of each
 * connection as packets of TCP over IP with its addresses, from its opening to its end, and the
 * secrets that decrypt its SSL, where the provider tells them. Sequence numbers and times of
 * packets are made up here; the system's retransmissions and segments are not seen. {@link
 * SocketSetup#capture} gives it to any number of sockets and servers, of any loops.
 *
 * <p>Whoever has the file can read the connections. It is made for its owner alone (0600), where
 * the file system has such rights: a file that was there is deleted, so that nobody has it open or
 * by another name, and a symbolic link to a file is refused. A pipe or device is written as it is.
 *
 * <p>The loops write it, through a buffer of 64 KiB, each second at the latest while something goes
 * by, and at the end of each connection: a disk that stalls makes them wait, so that all is in it
 * and a failure is told while there is somebody to tell. When it cannot be written any more, or has
 * reached its bound, the connections go on, and one of them is told, by a {@link
 * dev.ferrule.event.Notice}. Interrupts of a loop's thread do not disturb it. Any thread.
 */
public final class Capture implements AutoCloseable {
  /** The bound in bytes where none is given: 1 GiB. */
  public static final long MOST = 1L << 30;

  /** The least bound: the beginning of a file fits. */
  private static final long LEAST = 1024;

  private final CaptureFile file;

  private Capture(CaptureFile file) {
    this.file = file;
  }

  /**
   * A capture of at most {@link #MOST} bytes.
   *
   * @throws IOException when the file cannot be written; the message is one sentence
   */
  public static Capture to(Path file) throws IOException {
    return to(file, MOST);
  }

  /**
   * A capture with a bound.
   *
   * @param mostBytes the longest that the file becomes, at least 1,024
   * @throws IOException when the file cannot be written; the message is one sentence
   * @throws IllegalArgumentException when the bound is less
   */
  public static Capture to(Path file, long mostBytes) throws IOException {
    if (mostBytes < LEAST) {
      throw new IllegalArgumentException(
          "the bound of a capture is at least " + LEAST + " bytes, not " + mostBytes);
    }
    try {
      return new Capture(new CaptureFile(file, mostBytes));
    } catch (NoSuchFileException e) {
      throw unwritable(file, "its folder does not exist", e);
    } catch (AccessDeniedException e) {
      throw unwritable(file, "access is denied", e);
    } catch (IOException e) {
      throw unwritable(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static IOException unwritable(Path file, String reason, IOException e) {
    return new IOException("the capture " + file + " cannot be written: " + reason, e);
  }

  /** Its file. */
  public Path file() {
    return file.path();
  }

  /** How many bytes the file has, those in the buffer among them. */
  public long bytes() {
    return file.bytes();
  }

  /** Why it ended before it was closed, one sentence; empty when it did not. */
  public Optional<String> problem() {
    return Optional.ofNullable(file.problem());
  }

  /** Writes what is in the buffer and closes the file; sockets that are still open go on. */
  @Override
  public void close() {
    file.close();
  }

  CaptureFile inner() {
    return file;
  }

  /** What the owner of a socket or server with this capture is told. */
  String warning() {
    return "everything that is sent and received here, and the secrets of its SSL where they are"
        + " told, are written to the capture "
        + file.path()
        + ": who reads it reads the connections";
  }
}
