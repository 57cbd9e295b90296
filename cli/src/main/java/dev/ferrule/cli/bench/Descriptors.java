package dev.ferrule.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** How many descriptors the process has and may have, where Linux tells. */
public final class Descriptors {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final String LINE = "Max open files";
  private static final int PER_LOOP =
      8; // its poller, what wakes it, and what is opened for a moment

  private Descriptors() {}

  /** The most that the process may have; empty where that is unknown or there is no limit. */
  public static OptionalLong limit() {
    try {
      return limit(Files.readAllLines(LIMITS));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  static OptionalLong limit(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(LINE))
        .map(line -> line.substring(LINE.length()).trim().split("\\s+", -1)[0])
        .filter(soft -> soft.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  /** How many connections there is room for beside what is open; empty where that is unknown. */
  public static OptionalLong room(int loops) {
    OptionalLong limit = limit();
    if (limit.isEmpty()) {
      return limit;
    }
    try (Stream<Path> open = Files.list(OPEN)) {
      long room = limit.getAsLong() - open.count() - (long) PER_LOOP * loops;
      return OptionalLong.of(Math.max(0, room));
    } catch (IOException | UncheckedIOException e) {
      return OptionalLong.empty();
    }
  }
}
