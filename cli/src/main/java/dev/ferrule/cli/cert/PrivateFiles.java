package dev.ferrule.cli.cert;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/**
 * Files and folders for their owner alone from their first moment, whatever the umask is. Where the
 * file system has no such permissions, they are as it makes them.
 */
final class PrivateFiles {
  private static final String OWNER_FILE = "rw-------";
  private static final String OWNER_FOLDER = "rwx------";

  private PrivateFiles() {}

  /** Makes a folder that is not there, and those above it. */
  static void makeFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Files.createDirectories(folder, attributes(folder, OWNER_FOLDER));
    permit(folder, OWNER_FOLDER); // a umask may have taken from it
  }

  /** A new file beside {@code target}, whose bytes have reached the disk. */
  static Path writeBeside(Path target, byte[] bytes, Secrecy secrecy) throws IOException {
    Path fresh = beside(target);
    FileAttribute<?>[] attributes =
        secrecy == Secrecy.PRIVATE ? attributes(target, OWNER_FILE) : new FileAttribute<?>[0];
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(fresh, options, attributes)) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
      if (secrecy == Secrecy.PRIVATE) {
        permit(fresh, OWNER_FILE);
      }
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
    return fresh;
  }

  /** A name that is free, in the same folder, for a file that is to replace another in one step. */
  static Path beside(Path target) {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    return target.resolveSibling(".ferrule-" + HexFormat.of().formatHex(random) + ".tmp");
  }

  /** Who may read a file. */
  enum Secrecy {
    /** Its owner. */
    PRIVATE,

    /** Whoever the umask lets. */
    SHARED
  }

  /** Who may read a file that is there. */
  enum Readers {
    /** Its owner, or the file system does not know. */
    OWNER,
    GROUP,
    ALL
  }

  static Readers readers(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      return permissions.contains(PosixFilePermission.OTHERS_READ)
          ? Readers.ALL
          : permissions.contains(PosixFilePermission.GROUP_READ) ? Readers.GROUP : Readers.OWNER;
    } catch (IOException | UnsupportedOperationException e) {
      return Readers.OWNER;
    }
  }

  /** Whether users beside the owner may change a file, or what is in a folder. */
  static boolean isWritableByOthers(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      return permissions.contains(PosixFilePermission.OTHERS_WRITE)
          || permissions.contains(PosixFilePermission.GROUP_WRITE);
    } catch (IOException | UnsupportedOperationException e) {
      return false; // the file system does not know
    }
  }

  private static FileAttribute<?>[] attributes(Path where, String permissions) {
    return hasPermissions(where)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static void permit(Path file, String permissions) throws IOException {
    Set<PosixFilePermission> wanted = PosixFilePermissions.fromString(permissions);
    if (hasPermissions(file) && !Files.getPosixFilePermissions(file).equals(wanted)) {
      try {
        Files.setPosixFilePermissions(file, wanted);
      } catch (IOException e) {
        // FAT and the like have none to set: readers tells
      }
    }
  }

  private static boolean hasPermissions(Path where) {
    return where.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Overwrites bytes that were a key. */
  static void wipe(byte[] secret) {
    Arrays.fill(secret, (byte) 0);
  }
}
