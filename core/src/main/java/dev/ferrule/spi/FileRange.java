package dev.ferrule.spi;

import dev.ferrule.event.TcpError;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A part of an open file, of which bytes are sent from the front. Its file is open from {@link
 * #open} to {@link #close}, which closes also what a link has opened of it ({@link #keep}). Used on
 * the loop's thread.
 */
public final class FileRange {
  private final Path path;
  private final FileChannel channel;
  private final @Nullable Object key;
  private final long end;
  private long position;
  private @Nullable Runnable kept;
  private boolean closed;

  private FileRange(Path path, FileChannel channel, @Nullable Object key, long from, long end) {
    this.path = path;
    this.channel = channel;
    this.key = key;
    this.position = from;
    this.end = end;
  }

  /**
   * Opens a file.
   *
   * @throws UncheckedIOException when it cannot be opened, or is not a regular file: a pipe would
   *     block
   * @throws IndexOutOfBoundsException when the range is not inside the file
   */
  public static FileRange open(Path path, long offset, long length) {
    require(offset, length);
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw new IOException(path + " is not a regular file");
      }
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        requireInside(channel.size(), path, offset, length);
        return new FileRange(path, channel, attributes.fileKey(), offset, offset + length);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be sent: " + e, e);
    }
  }

  /**
   * Checks what can be checked without the file.
   *
   * @throws IndexOutOfBoundsException when one of them is negative, or the end beyond any file
   */
  public static void require(long offset, long length) {
    if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
      throw new IndexOutOfBoundsException(
          "offset " + offset + " and length " + length + " are no part of a file");
    }
  }

  private static void requireInside(long size, Path path, long offset, long length) {
    if (offset > size || length > size - offset) {
      throw new IndexOutOfBoundsException(
          path + " has " + size + " bytes, not " + length + " from " + offset + " on");
    }
  }

  /** Where the file is, as the program named it. */
  public Path path() {
    return path;
  }

  /** What identifies the file in its file system; null where the system has no such thing. */
  public @Nullable Object key() {
    return key;
  }

  /** The open file; not to be closed. */
  public FileChannel channel() {
    return channel;
  }

  /** Where the next byte is in the file. */
  public long position() {
    return position;
  }

  /** The number of bytes that are not sent yet. */
  public long remaining() {
    return end - position;
  }

  /** The next {@code bytes} bytes have been sent. */
  public void sent(int bytes) {
    position += bytes;
  }

  /** What a link has opened of this file, a {@link Runnable} that closes it; null for nothing. */
  public @Nullable Runnable kept() {
    return kept;
  }

  /** Is run, once, when this range is closed. */
  public void keep(Runnable closing) {
    kept = closing;
  }

  /**
   * Reads the next bytes, at least one, into {@code destination}, and does not count them as sent.
   *
   * @throws TcpError when the file cannot be read, or has become shorter than the range
   */
  public void read(ByteBuffer destination) {
    long most = remaining();
    if (most < destination.remaining()) {
      destination.limit(destination.position() + (int) most);
    }
    int n;
    try {
      n = channel.read(destination, position);
    } catch (IOException e) {
      throw unreadable(e);
    }
    if (n <= 0) {
      throw shorter();
    }
  }

  /**
   * A link took nothing of it: was that the file's fault?
   *
   * @throws TcpError when the file cannot be read, or has become shorter than the range
   */
  public void requireWhole() {
    long size;
    try {
      size = channel.size();
    } catch (IOException e) {
      throw unreadable(e);
    }
    if (size < end) {
      throw shorter();
    }
  }

  private TcpError unreadable(IOException reason) {
    return new TcpError("EFILE", path + " cannot be read any more: " + reason, null, reason);
  }

  private TcpError shorter() {
    return new TcpError(
        "EFILE",
        path
            + " became shorter while it was sent: "
            + remaining()
            + " bytes are missing (replace a file by renaming another, and leave the old one whole)",
        null,
        null);
  }

  /**
   * All its bytes, of a range that is small.
   *
   * @throws UncheckedIOException when they cannot be read
   */
  public ByteBuffer content() {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(remaining()));
    try {
      while (all.hasRemaining()) {
        if (channel.read(all, position + all.position()) <= 0) {
          throw new EOFException(path + " became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be sent: " + e, e);
    }
    return all.flip();
  }

  /** Closes the file; a second call does nothing. */
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Runnable closing = kept;
    if (closing != null) {
      kept = null;
      closing.run();
    }
    try {
      channel.close();
    } catch (IOException e) {
      // It was read only: the descriptor is gone, and nothing is lost.
      return;
    }
  }
}
