package dev.ferrule.ssl.records;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Whether the processor has instructions for AES-GCM. Without them the JDK's AES is a hundred times
 * slower, and a library has better code. Linux tells; elsewhere every processor that a current JDK
 * runs on is taken to have them.
 */
public final class AesInstructions {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  /** The flags of the first processor are within this many bytes. */
  private static final int FIRST_PROCESSOR = 8 * 1024;

  private static final List<String> SERVED = List.of("amd64", "x86_64", "aarch64");

  private AesInstructions() {}

  private static final class Found {
    static final boolean PRESENT =
        areIn(System.getProperty("os.arch", "").toLowerCase(Locale.ROOT), processors());
  }

  /** Whether this machine has them. */
  public static boolean present() {
    return Found.PRESENT;
  }

  /** As Linux describes processors; empty when it does not. */
  private static String processors() {
    try (InputStream in = Files.newInputStream(PROCESSORS)) {
      return new String(in.readNBytes(FIRST_PROCESSOR), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  static boolean areIn(String architecture, String processors) {
    if (!SERVED.contains(architecture)) {
      return false;
    }
    for (String line : processors.split("\n", -1)) {
      if (line.startsWith("flags") || line.startsWith("Features")) {
        Set<String> flags = new HashSet<>(Arrays.asList(line.split("\\s+", -1)));
        return flags.contains("aes") && (flags.contains("pclmulqdq") || flags.contains("pmull"));
      }
    }
    return true;
  }
}
