package dev.ferrule.capture;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The file of a capture, shared by the connections of any loops: whole blocks, in the order in
 * which they are added. Any thread; its lock is held while a buffer is written. It owns that
 * buffer, 64 KiB of the heap. A write that fails is the last: nothing is thrown, and it is told
 * once.
 *
 * <p>It is a stream and no channel, which a loop's thread that is interrupted would close.
 */
public final class CaptureFile {
  private static final int BUFFER = 64 * 1024;
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(1);

  private final Path path;
  private final long most;
  private final FileOutputStream out;
  private final ByteBuffer waiting = ByteBuffer.allocate(BUFFER);
  private long bytes; // in the file and in the buffer
  private long writtenAt = System.nanoTime();
  private boolean ended;
  private @Nullable String problem;
  private boolean told;

  /**
   * Opens a new file in the place of the one that is there, which somebody may have open; or a pipe
   * or device.
   *
   * @throws IOException when it cannot be written, or is a symbolic link to a file or to nothing
   */
  public CaptureFile(Path path, long most) throws IOException {
    this.path = path;
    this.most = most;
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IOException("it is in no file system of this machine");
    }
    if (Files.isRegularFile(path) || !Files.exists(path)) {
      if (Files.isSymbolicLink(path)) {
        throw new IOException("it is a symbolic link; give the file that it shall be itself");
      }
      create(path);
    }
    this.out = new FileOutputStream(path.toFile());
    add(Pcapng.header());
  }

  /** Nobody else can read it from its first moment on. */
  private static void create(Path path) throws IOException {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    var owner = PosixFilePermissions.fromString("rw-------");
    FileAttribute<?>[] attributes = {PosixFilePermissions.asFileAttribute(owner)};
    Files.deleteIfExists(path);
    Files.createFile(path, posix ? attributes : new FileAttribute<?>[0]);
  }

  /** Its path. */
  public Path path() {
    return path;
  }

  /** How many bytes it has, those that wait to be written among them. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Why it ended before it was closed; null when it did not. */
  public synchronized @Nullable String problem() {
    return problem;
  }

  /** As {@link #problem}, for the first that asks. */
  synchronized @Nullable String untold() {
    if (told || problem == null) {
      return null;
    }
    told = true;
    return problem;
  }

  /** Who asked could tell nobody: {@link #untold} answers again. */
  public synchronized void notTold() {
    told = false;
  }

  /** Adds a whole block, unless the capture has ended. */
  synchronized void add(ByteBuffer block) {
    if (ended) {
      return;
    }
    if (bytes + block.remaining() > most) {
      end(
          String.format(
              Locale.ROOT,
              "the capture %s has reached its bound of %,d bytes: what follows is left out",
              path,
              most));
      return;
    }
    bytes += block.remaining();
    if (block.remaining() > waiting.remaining()) {
      write();
    }
    if (block.remaining() > waiting.remaining()) {
      write(block);
    } else {
      waiting.put(block);
    }
    if (System.nanoTime() - writtenAt > LONGEST_WAIT) {
      write();
    }
  }

  /** Writes what waits. */
  synchronized void flush() {
    if (!ended) {
      write();
    }
  }

  /** Writes what waits, and ends it; what is added later is left out. Does nothing twice. */
  public synchronized void close() {
    flush();
    ended = true;
    try {
      out.close();
    } catch (IOException e) {
      failed(e);
    }
  }

  private void write() {
    write(waiting.flip());
    waiting.clear();
  }

  private void write(ByteBuffer all) {
    writtenAt = System.nanoTime();
    try {
      if (!ended && all.hasRemaining()) {
        out.write(all.array(), all.arrayOffset() + all.position(), all.remaining());
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException e) {
    ended = true;
    problem =
        "the capture "
            + path
            + " cannot be written any more, and is not whole: "
            + e.getMessage()
            + " (the connections go on)";
  }

  private void end(String reason) {
    write();
    if (problem == null) {
      problem = reason;
    }
    ended = true;
  }
}
