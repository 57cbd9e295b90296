package dev.ferrule.ssl.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.ssl.SslConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Bytes of certificates, keys or revocation lists, with their name for messages: the path of the
 * file, or a description if they came from memory. Immutable by convention: nobody writes to the
 * bytes.
 */
public final class Source {
  /** Far more than any bundle of trust anchors; a larger file is a wrong path. */
  public static final int MAX_BYTES = 16 << 20;

  private final String name;
  private final byte[] bytes;

  private Source(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /**
   * Bytes that came from elsewhere; the array is not kept.
   *
   * @throws SslConfigException when there are none or too many
   */
  public static Source of(String name, byte[] bytes) {
    if (bytes.length == 0) {
      throw new SslConfigException(
          "%s is empty; it should hold certificates, a key or revocation lists.".formatted(name));
    }
    if (bytes.length > MAX_BYTES) {
      throw new SslConfigException(
          "%s is larger than %d MiB, more than is read of certificates, keys or revocation lists; check the path."
              .formatted(name, MAX_BYTES >> 20));
    }
    return new Source(name, bytes.clone());
  }

  static Source ofText(String name, String text) {
    return of(name, text.getBytes(UTF_8));
  }

  /**
   * Reads a file of at most {@link #MAX_BYTES}; it may be a pipe, such as the shell's {@code
   * <(command)}.
   */
  public static Source read(Path file) {
    if (Files.isDirectory(file)) {
      throw new SslConfigException(
          "%s is a folder; give the path of a file in it.".formatted(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      return of(file.toString(), in.readNBytes(MAX_BYTES + 1));
    } catch (NoSuchFileException e) {
      throw new SslConfigException(missing(file), e);
    } catch (AccessDeniedException e) {
      throw new SslConfigException(
          "%s may not be read by this user (%s); change its permissions or run as its owner."
              .formatted(file, System.getProperty("user.name")),
          e);
    } catch (IOException e) {
      throw new SslConfigException(
          "%s cannot be read (%s); check the path.".formatted(file, reason(e)), e);
    }
  }

  /**
   * For a relative path the message has the absolute one too: the process may run in another
   * folder.
   */
  static String missing(Path path) {
    Path absolute = path.toAbsolutePath();
    return path.isAbsolute()
        ? "%s does not exist; check the path.".formatted(path)
        : "%s does not exist (looked for %s); check the path.".formatted(path, absolute);
  }

  static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** What it is called in messages. */
  public String name() {
    return name;
  }

  /** Not to be written to. */
  public byte[] bytes() {
    return bytes;
  }
}
