package dev.ferrule.ssl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Gets the secrets of handshakes, in the lines of RFC 9850 (the format of SSLKEYLOGFILE), with
 * which Wireshark decrypts recordings: for looking into connections while a program is made. {@link
 * SslSetup#keyLog} gives it to a context; each socket or server that is opened with that is told of
 * it by a {@link dev.ferrule.event.Notice}. May be given to any number of contexts. Any thread.
 *
 * <p>It is written by the loops, inside the handshake: a file that stalls makes a loop wait. What
 * fails is told to a socket by a notice, once, and ends no connection.
 */
public final class SslKeyLog {
  /** The environment variable that other programs have for the same. */
  public static final String VARIABLE = "SSLKEYLOGFILE";

  /** Takes the lines, on the threads of loops, maybe several at once. */
  @FunctionalInterface
  public interface Receiver {
    /**
     * Takes a line: a label, the client's random and a secret, in ASCII, without its end. The array
     * is overwritten when this has returned.
     *
     * @throws IOException when it cannot; no connection is disturbed
     */
    void line(byte[] line) throws IOException;
  }

  private final String where;
  private final Receiver receiver;
  private final AtomicBoolean failed = new AtomicBoolean();
  private final Queue<String> told = new ConcurrentLinkedQueue<>();

  private SslKeyLog(String where, Receiver receiver) {
    this.where = where;
    this.receiver = receiver;
  }

  /**
   * Appends to a file, each line by one write, so that several programs may have the same file. A
   * file that is not there is made for its owner alone (0600), where the file system has such
   * rights, from its first moment on; one that is there keeps its rights, and a symbolic link is
   * followed. It is opened for each line: it may be taken away, and nothing is to be closed.
   *
   * @throws SslConfigException when it cannot be written; nothing is written to it now
   */
  public static SslKeyLog file(Path file) {
    Appending appending = new Appending(file);
    try {
      appending.open().close();
    } catch (NoSuchFileException e) {
      throw unwritable(file, "its folder does not exist", e);
    } catch (AccessDeniedException e) {
      throw unwritable(file, "access is denied", e);
    } catch (IOException e) {
      throw unwritable(file, String.valueOf(e.getMessage()), e);
    }
    return new SslKeyLog("the file " + file, appending);
  }

  private static SslConfigException unwritable(Path file, String reason, IOException e) {
    return new SslConfigException("the key log " + file + " cannot be written: " + reason, e);
  }

  /**
   * The file that the environment variable {@value #VARIABLE} names; empty where it is not set.
   *
   * @throws SslConfigException as {@link #file}
   */
  public static Optional<SslKeyLog> ofEnvironment() {
    return named(System.getenv(VARIABLE));
  }

  static Optional<SslKeyLog> named(@Nullable String file) {
    return file == null || file.isEmpty() ? Optional.empty() : Optional.of(file(Path.of(file)));
  }

  /**
   * Gives the lines to the program.
   *
   * @param where where they go, for people: "every secret ... is written to" stands before it
   */
  public static SslKeyLog of(String where, Receiver receiver) {
    return new SslKeyLog(where, receiver);
  }

  /** Takes a line from a provider, which overwrites it; never throws. */
  public void write(byte[] line) {
    try {
      receiver.line(line);
    } catch (IOException | RuntimeException e) {
      if (!failed.getAndSet(true)) {
        told.add(
            "secrets of connections cannot be written to "
                + where
                + ": "
                + e.getMessage()
                + " (the connections go on)");
      }
    }
  }

  /** What has failed since this was called last, for a socket to be told. */
  List<String> told() {
    String sentence = told.poll();
    return sentence == null ? List.of() : List.of(sentence);
  }

  /** What the owner of a socket or server with it is told. */
  String warning() {
    return "every secret of the connections here is written to "
        + where
        + ": who reads it can read them";
  }

  /** Where the lines go. */
  @Override
  public String toString() {
    return where;
  }

  /** A file, opened for each line. */
  private static final class Appending implements Receiver {
    private final Path file;
    private volatile boolean torn; // a line was written in part

    Appending(Path file) {
      this.file = file;
    }

    FileChannel open() throws IOException {
      boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
      FileAttribute<?>[] owner = {
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
      };
      return FileChannel.open(
          file,
          Set.of(StandardOpenOption.WRITE, StandardOpenOption.APPEND, StandardOpenOption.CREATE),
          posix ? owner : new FileAttribute<?>[0]);
    }

    /** A channel would be closed by the interrupt of a loop's thread, and the line lost. */
    @Override
    public void line(byte[] line) throws IOException {
      boolean interrupted = Thread.interrupted();
      try {
        append(line);
      } catch (ClosedByInterruptException e) {
        interrupted = Thread.interrupted();
        torn = true; // how much of it was written is not known
        append(line);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private void append(byte[] line) throws IOException {
      ByteBuffer whole = ByteBuffer.allocate(line.length + 2);
      if (torn) {
        whole.put((byte) '\n');
      }
      whole.put(line).put((byte) '\n').flip();
      try (FileChannel channel = open()) {
        torn = false;
        while (whole.hasRemaining()) {
          channel.write(whole);
        }
      } catch (IOException e) {
        torn |= whole.position() > 0 && whole.hasRemaining();
        throw e;
      } finally {
        Arrays.fill(whole.array(), (byte) 0);
      }
    }
  }
}
