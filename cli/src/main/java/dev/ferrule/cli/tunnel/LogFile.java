package dev.ferrule.cli.tunnel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A log in a file, to which lines are appended. Past its size it becomes {@code FILE.1}, in the
 * place of the last one of that name, and a new file begins: together they take twice the size at
 * most. Used by one thread.
 */
public final class LogFile implements EventLog.Sink {
  private final Path file;
  private final long most;
  private @Nullable OutputStream out;
  private long size;

  /** Opens it, so that a mistake in its name is told at the start. */
  public LogFile(Path file, long most) throws IOException {
    this.file = file;
    this.most = most;
    open();
  }

  /**
   * Looks whether it can be opened, and opens nothing.
   *
   * @throws IOException when it cannot
   */
  public static void requireFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "it is a folder");
    } else if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(file.toString());
    } else if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw new AccessDeniedException(file.toString());
    }
  }

  @Override
  public void write(String line) throws IOException {
    byte[] bytes = (line + "\n").getBytes(UTF_8);
    if (size > 0 && size + bytes.length > most) {
      close();
      Files.move(file, Path.of(file + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
    OutputStream to = out == null ? open() : out;
    try {
      to.write(bytes);
      size += bytes.length;
    } catch (IOException e) {
      close(); // a part of the line may be there: the next one begins with a fresh look
      throw e;
    }
  }

  @Override
  public void reopen() throws IOException {
    close();
    open();
  }

  private OutputStream open() throws IOException {
    OutputStream opened =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    out = opened;
    size = Files.isRegularFile(file) ? Files.size(file) : 0; // a device has none
    return opened;
  }

  private void close() throws IOException {
    OutputStream open = out;
    out = null;
    if (open != null) {
      open.close();
    }
  }
}
