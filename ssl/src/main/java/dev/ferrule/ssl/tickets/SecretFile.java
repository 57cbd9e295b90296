package dev.ferrule.ssl.tickets;

import dev.ferrule.ssl.SslConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Files that hold ticket keys, or the secret that they are derived from. */
public final class SecretFile {
  /** Far more than any secret: a larger file is a wrong path. */
  private static final int LARGEST = 64 * 1024;

  /** The keys of nginx's other kind, with AES-256. */
  private static final int LONG_KEY = 80;

  private SecretFile() {}

  /** Ticket keys, one behind the other. */
  public static GivenKeys keys(Path file, boolean anybodyMayRead) {
    byte[] bytes = read(file, anybodyMayRead);
    try {
      if (bytes.length == 0 || bytes.length % TicketKeys.LENGTH != 0) {
        String other =
            bytes.length == LONG_KEY ? "; nginx's keys of 80 bytes (AES-256) are not taken" : "";
        throw new SslConfigException(
            "%s has %d bytes, and ticket keys have %d each, such as: openssl rand -out FILE %d%s"
                .formatted(file, bytes.length, TicketKeys.LENGTH, TicketKeys.LENGTH, other));
      }
      List<byte[]> keys = new ArrayList<>();
      for (int at = 0; at < bytes.length; at += TicketKeys.LENGTH) {
        keys.add(Arrays.copyOfRange(bytes, at, at + TicketKeys.LENGTH));
      }
      try {
        return GivenKeys.of(keys, file.toString());
      } finally {
        keys.forEach(TicketKeys::wipe);
      }
    } finally {
      TicketKeys.wipe(bytes);
    }
  }

  /** A secret: all bytes of the file. */
  public static DerivedKeys secret(
      Path file, boolean anybodyMayRead, Duration period, InstantSource clock) {
    byte[] bytes = read(file, anybodyMayRead);
    try {
      return new DerivedKeys(bytes, file.toString(), period, clock);
    } finally {
      TicketKeys.wipe(bytes);
    }
  }

  /** All bytes of a file that only owner and group may read; the caller wipes them. */
  public static byte[] bytes(Path file) {
    return read(file, false);
  }

  private static byte[] read(Path file, boolean anybodyMayRead) {
    if (Files.isDirectory(file)) {
      throw new SslConfigException(file + " is a folder; give the path of a file in it");
    }
    try (InputStream in = Files.newInputStream(file)) {
      if (!anybodyMayRead) {
        requirePrivate(file);
      }
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        TicketKeys.wipe(bytes);
        throw new SslConfigException(
            file + " is larger than 64 KiB, so it holds no ticket keys; check the path");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new SslConfigException(
          file.isAbsolute()
              ? "%s does not exist; check the path".formatted(file)
              : "%s does not exist (looked for %s); check the path"
                  .formatted(file, file.toAbsolutePath()),
          e);
    } catch (AccessDeniedException e) {
      throw new SslConfigException(
          "%s may not be read by this user (%s); change its permissions or run as its owner"
              .formatted(file, System.getProperty("user.name")),
          e);
    } catch (IOException e) {
      throw new SslConfigException(
          "%s cannot be read (%s); check the path".formatted(file, e.getMessage()), e);
    }
  }

  private static void requirePrivate(Path file) throws IOException {
    Set<PosixFilePermission> permissions;
    try {
      permissions = Files.getPosixFilePermissions(file);
    } catch (UnsupportedOperationException e) {
      return; // a system without such permissions
    }
    if (permissions.contains(PosixFilePermission.OTHERS_READ)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new SslConfigException(
          "%s may be read or changed by anybody on this machine, who could then decrypt what its clients send and receive: chmod o-rw"
              .formatted(file));
    }
  }
}
