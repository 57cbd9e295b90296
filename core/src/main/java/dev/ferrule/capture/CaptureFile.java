package dev.ferrule.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The file of a capture, shared by the connections of any loops: whole blocks, in the order in
 * which they are added. Any thread; its lock is held while a buffer is written. It owns that
 * buffer, 64 KiB of the heap. A write that fails is the last: nothing is thrown, and it is told
 * once.
 */
public final class CaptureFile {
  private static final int BUFFER = 64 * 1024;
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(1);

  private final Path path;
  private final long most;
  private final FileChannel channel;
  private final ByteBuffer waiting = ByteBuffer.allocate(BUFFER);
  private long bytes; // in the file and in the buffer
  private long writtenAt = System.nanoTime();
  private boolean ended;
  private @Nullable String problem;
  private boolean told;

  /**
   * Opens it, and overwrites what is there.
   *
   * @throws IOException when it cannot be written
   */
  public CaptureFile(Path path, long most) throws IOException {
    this.path = path;
    this.most = most;
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    var owner = PosixFilePermissions.fromString("rw-------");
    FileAttribute<?>[] attributes = {PosixFilePermissions.asFileAttribute(owner)};
    this.channel =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING),
            posix ? attributes : new FileAttribute<?>[0]);
    if (posix && Files.isRegularFile(path)) {
      Files.setPosixFilePermissions(path, owner); // it may have been there, for others to read
    }
    add(Pcapng.header());
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
      channel.close();
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
      while (!ended && all.hasRemaining()) {
        channel.write(all);
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
