package dev.ferrule.cli.cert;

import dev.ferrule.cli.cert.PrivateFiles.Secrecy;
import dev.ferrule.host.SafeText;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where a development CA is kept: {@code ca.pem} and {@code ca-key.pem}. The key's file has the
 * certificate too, so that both come to be in one step; {@code ca.pem} is written from it. Whoever
 * makes them holds a lock on {@code .lock}, so that of several processes one does.
 */
final class CaFolder {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final Path folder;

  CaFolder(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /**
   * The folder of the user: of XDG's data on Linux and its like, where macOS and Windows keep data
   * of applications there.
   *
   * @return null when the environment does not tell where that is
   */
  static @Nullable Path ofUser(Map<String, String> environment, String system) {
    String os = system.toLowerCase(Locale.ROOT);
    String home = environment.getOrDefault("HOME", "");
    if (os.startsWith("windows")) {
      return absolute(environment.getOrDefault("LOCALAPPDATA", ""), "ferrule");
    }
    if (os.startsWith("mac")) {
      return absolute(home, "Library/Application Support/ferrule");
    }
    // The specification says to ignore one that is not absolute.
    Path data = absolute(environment.getOrDefault("XDG_DATA_HOME", ""), "ferrule");
    return data == null ? absolute(home, ".local/share/ferrule") : data;
  }

  private static @Nullable Path absolute(String folder, String below) {
    return folder.isEmpty() || !Path.of(folder).isAbsolute() ? null : Path.of(folder, below);
  }

  Path certificate() {
    return folder.resolve("ca.pem");
  }

  Path key() {
    return folder.resolve("ca-key.pem");
  }

  boolean isComplete() {
    return Files.exists(certificate()) && Files.exists(key());
  }

  /** What makes a CA: PEM of its key and of its certificate. */
  interface Maker {
    byte[][] make() throws CertFailure;
  }

  /** Makes a CA where there is none; whether this call did. */
  boolean fill(Maker maker) throws CertFailure {
    if (isComplete()) {
      return false;
    }
    try {
      PrivateFiles.makeFolder(folder);
      try (FileChannel channel = lockFile();
          FileLock lock = lock(channel)) {
        return lock.isValid() && fillLocked(maker);
      }
    } catch (IOException e) {
      throw new CertFailure(
          "the development CA cannot be kept in %s: %s; --ca-folder names another folder"
              .formatted(SafeText.of(folder), CertFailure.reason(e)),
          e);
    }
  }

  private FileChannel lockFile() throws IOException {
    return FileChannel.open(
        folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** What is done under the lock. */
  interface Action {
    void run() throws CertFailure;
  }

  /** Does something that no two calls may do at once; without a lock in a folder for reading. */
  void exclusively(Action action) throws CertFailure {
    FileChannel channel;
    try {
      channel = lockFile();
    } catch (IOException e) {
      action.run();
      return;
    }
    try (channel;
        FileLock lock = lock(channel)) {
      if (lock.isValid()) {
        action.run();
      }
    } catch (IOException e) {
      throw new CertFailure(
          "%s cannot be locked: %s"
              .formatted(SafeText.of(folder.resolve(".lock")), CertFailure.reason(e)),
          e);
    }
  }

  private boolean fillLocked(Maker maker) throws CertFailure, IOException {
    if (isComplete()) {
      return false; // by the one who had the lock before
    }
    if (Files.exists(certificate(), LinkOption.NOFOLLOW_LINKS)) {
      throw new CertFailure(
          "the development CA in %s has no key: %s is missing; put it back, or move the folder away"
              .formatted(SafeText.of(folder), key().getFileName()));
    }
    boolean fresh = !Files.exists(key(), LinkOption.NOFOLLOW_LINKS);
    if (fresh) {
      byte[][] made = maker.make();
      byte[] both = PemText.joined(made[0], made[1]);
      write(key(), both, Secrecy.PRIVATE);
      PrivateFiles.wipe(made[0]);
      PrivateFiles.wipe(both);
      write(certificate(), made[1], Secrecy.SHARED);
    } else {
      write(certificate(), certificateBesideKey(), Secrecy.SHARED);
    }
    return fresh;
  }

  /** For a process that ended between the two files, or a user who deleted the certificate. */
  private byte[] certificateBesideKey() throws CertFailure, IOException {
    byte[] found = DevelopmentCa.certificateIn(key());
    if (found == null) {
      throw new CertFailure(
          "the development CA in %s has no certificate: %s is missing; put it back, or move the"
                  .formatted(SafeText.of(folder), certificate().getFileName())
              + " folder away");
    }
    return found;
  }

  private static void write(Path target, byte[] bytes, Secrecy secrecy) throws IOException {
    Path fresh = PrivateFiles.writeBeside(target, bytes, secrecy);
    try {
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** The system frees the lock of a process that has ended, so that a live one is waited for. */
  private FileLock lock(FileChannel channel) throws CertFailure, IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      FileLock lock = tryLock(channel);
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - end > 0) {
        throw new CertFailure(
            "another process has held %s for %d seconds: end it"
                .formatted(SafeText.of(folder.resolve(".lock")), PATIENCE.toSeconds()));
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // another thread of this process has it
    }
  }
}
