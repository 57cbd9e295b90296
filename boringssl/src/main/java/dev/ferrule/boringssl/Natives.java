package dev.ferrule.boringssl;

import io.netty.internal.tcnative.Library;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The native library: unpacked and loaded once for each JVM, when it is first needed. */
final class Natives {
  /**
   * The system property that names a folder in which the library is unpacked already. It saves time
   * at start, and is needed where the temporary folder is mounted noexec. If the library is missing
   * there or cannot be loaded, it is unpacked as usual.
   */
  static final String FOLDER = "dev.ferrule.boringssl.natives";

  private Natives() {}

  /** Loads the library when this class is initialised. */
  private static final class Loaded {
    static final @Nullable String PROBLEM = load();
  }

  /** Why it cannot be used here; null when it was loaded. */
  static @Nullable String problem() {
    return Loaded.PROBLEM;
  }

  /** The library for an operating system and processor, as Java names them; null when none is. */
  static @Nullable String library(String os, String processor) {
    String name = os.toLowerCase(Locale.ROOT);
    String cpu =
        switch (processor.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64", "x86-64" -> "x86_64";
          case "aarch64", "arm64" -> "aarch_64";
          default -> "";
        };
    if (cpu.isEmpty()) {
      return null;
    }
    if (name.startsWith("linux")) {
      return "libnetty_tcnative_linux_" + cpu + ".so";
    }
    if (name.startsWith("mac")) {
      return "libnetty_tcnative_osx_" + cpu + ".jnilib";
    }
    return name.startsWith("windows") && cpu.equals("x86_64")
        ? "netty_tcnative_windows_x86_64.dll"
        : null;
  }

  private static @Nullable String load() {
    String os = System.getProperty("os.name", "");
    String processor = System.getProperty("os.arch", "");
    String library = library(os, processor);
    if (library == null) {
      return "there is no BoringSSL library for " + os + " on " + processor;
    }
    try {
      Path ready = unpacked(System.getProperty(FOLDER), library);
      if (ready == null || !loads(ready)) {
        loadCopy(library);
      }
      return Library.initialize("provided", null) ? null : "the BoringSSL library did not start";
    } catch (IllegalCallerException e) {
      return "Java denies native access: start it with --enable-native-access="
          + (Natives.class.getModule().isNamed()
              ? Natives.class.getModule().getName()
              : "ALL-UNNAMED");
    } catch (UnsatisfiedLinkError e) {
      return isMusl()
          ? "the BoringSSL library is made for glibc, and this system has musl"
          : "the BoringSSL library cannot be loaded: " + e.getMessage();
    } catch (Exception e) {
      return "the BoringSSL library cannot be unpacked and started: " + e;
    }
  }

  /** The library in the folder that {@link #FOLDER} names; null when it is not there. */
  static @Nullable Path unpacked(@Nullable String folder, String library) {
    try {
      Path file = folder == null ? null : Path.of(folder).resolve(library).toAbsolutePath();
      return file != null && Files.isRegularFile(file) ? file : null;
    } catch (InvalidPathException e) {
      return null; // a path that the locale cannot encode
    }
  }

  /** Whether it could be loaded: its folder may be mounted noexec. */
  private static boolean loads(Path file) {
    try {
      load(file);
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  @SuppressWarnings("restricted")
  private static void load(Path file) {
    System.load(file.toString());
  }

  /** Unpacks into a new folder, because the library reads the name of its own file. */
  private static void loadCopy(String library) throws IOException {
    Path folder = Files.createTempDirectory("ferrule");
    Path copy = folder.resolve(library);
    try (InputStream in = PackagedLibrary.open(library)) {
      if (in == null) {
        throw new UnsatisfiedLinkError(
            library
                + " is neither on the class path nor in the module "
                + PackagedLibrary.module(library)
                + " (netty-tcnative-boringssl-static)");
      }
      Files.copy(in, copy);
      load(copy);
    } finally {
      discard(copy);
      discard(folder);
    }
  }

  /**
   * Deletes the file at once where the system allows that for an open file, else when the JVM
   * exits.
   */
  private static void discard(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      path.toFile().deleteOnExit();
    }
  }

  private static boolean isMusl() {
    return Files.exists(Path.of("/lib/ld-musl-x86_64.so.1"))
        || Files.exists(Path.of("/lib/ld-musl-aarch64.so.1"));
  }
}
