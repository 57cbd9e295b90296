package dev.ferrule.epoll;

import dev.ferrule.spi.FileRange;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor of a file that is sent, for sendfile(2): the JDK does not tell that of its channel.
 * The file is opened once more by its name, and used if that still leads to the same file. It is
 * closed with its {@link FileRange}. Belongs to the loop's thread.
 */
final class OpenedFile implements Runnable {
  private static final int O_RDONLY = 0;
  private static final int O_NONBLOCK = 0x800; // a pipe that took the file's place would block
  private static final int O_CLOEXEC = 0x80000;

  // int open(const char *path, int flags, ...), whose third argument is not read
  private static final MethodHandle OPEN = Libc.handle("open");

  // ssize_t sendfile(int to, int from, off_t *offset, size_t count)
  private static final MethodHandle SENDFILE = Libc.handle("sendfile");

  private int fd;

  private OpenedFile(int fd) {
    this.fd = fd;
  }

  /** That of {@code file}, opened at the first call. */
  private static OpenedFile of(MemorySegment state, FileRange file) {
    if (file.kept() instanceof OpenedFile known) {
      return known;
    }
    OpenedFile opened = new OpenedFile(open(state, file));
    file.keep(opened);
    return opened;
  }

  private static int open(MemorySegment state, FileRange file) {
    Path path = file.path();
    if (file.key() == null || path.getFileSystem() != FileSystems.getDefault()) {
      return -1;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path.toString());
      int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
      int fd = Libc.call(OPEN, state, name, name.address(), flags, 0, 0, 0);
      if (fd >= 0 && !file.key().equals(key(fd))) {
        Libc.close(fd);
        return -1;
      }
      return fd;
    } catch (IllegalArgumentException e) {
      return -1; // a name that C cannot have
    }
  }

  private static @Nullable Object key(int fd) {
    try {
      Path link = Path.of("/proc/self/fd/" + fd);
      return Files.readAttributes(link, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  /** Sends from the range's position on: the number of bytes, a negated errno, -EBADF for none. */
  static int send(Scratch scratch, int socket, FileRange file, int most) {
    OpenedFile opened = of(scratch.errno, file);
    if (opened.fd < 0) {
      return -Errno.EBADF;
    }
    MemorySegment offset = scratch.value.asSlice(0, Long.BYTES);
    offset.set(ValueLayout.JAVA_LONG, 0, file.position());
    return Libc.call(SENDFILE, scratch.errno, offset, socket, opened.fd, offset.address(), most, 0);
  }

  /** No more: what is left is read. */
  static void giveUp(FileRange file) {
    if (file.kept() instanceof OpenedFile opened) {
      opened.run();
    }
  }

  /** Closes the descriptor. */
  @Override
  public void run() {
    if (fd >= 0) {
      Libc.close(fd);
      fd = -1;
    }
  }
}
