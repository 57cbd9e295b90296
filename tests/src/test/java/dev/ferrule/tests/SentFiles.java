package dev.ferrule.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/** Files that tests send, and what is expected of them at the other end. */
public final class SentFiles {
  /** The bytes that shall arrive, compared as they come. */
  public static final class Expected {
    private byte[] bytes = new byte[0];
    private int arrived;

    /** These come next. */
    public void then(byte[] more) {
      bytes = Arrays.copyOf(bytes, bytes.length + more.length);
      System.arraycopy(more, 0, bytes, bytes.length - more.length, more.length);
    }

    /** These have come. */
    public void read(ByteBuffer data) {
      byte[] part = new byte[data.remaining()];
      data.get(part);
      int end = arrived + part.length;
      assertThat(end).as("bytes arrived").isLessThanOrEqualTo(bytes.length);
      assertThat(Arrays.equals(part, 0, part.length, bytes, arrived, end))
          .as("the bytes from %s to %s are those that were sent", arrived, end)
          .isTrue();
      arrived = end;
    }

    /** How many have come. */
    public int arrived() {
      return arrived;
    }

    /** All have come. */
    public void assertWhole() {
      assertThat(arrived).isEqualTo(bytes.length);
    }
  }

  private SentFiles() {}

  /** Bytes that are not the same anywhere. */
  public static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A file of these bytes. */
  public static Path file(Path folder, byte[] bytes) {
    try {
      return Files.write(folder.resolve("file-" + bytes.length), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of this length that takes no room. */
  public static Path sparse(Path folder, long length) {
    Path file = folder.resolve("sparse");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1}), length - 1);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a file shorter. */
  public static void truncate(Path file, long length) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
