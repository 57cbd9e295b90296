package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Programs in Go, compiled once for each JVM; what Go compiled for them is kept between runs. */
final class GoProgram {
  private static final @Nullable Path GO =
      Stream.concat(
              Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)),
              Stream.of("/usr/local/go/bin"))
          .map(folder -> Path.of(folder, "go"))
          .filter(file -> file.toFile().canExecute())
          .findFirst()
          .orElse(null);

  private static final Path CACHE =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolve("target/go");

  private static final Map<String, String> BUILT = new ConcurrentHashMap<>();

  private GoProgram() {}

  static boolean isHere() {
    return GO != null;
  }

  /** The path of the program whose only source file is this one. */
  static String of(String source) {
    return BUILT.computeIfAbsent(source, GoProgram::build);
  }

  private static String build(String source) {
    try {
      Path program = Files.createTempFile("ferrule-tests", ".go-program");
      program.toFile().deleteOnExit();
      ProcessBuilder go =
          new ProcessBuilder(String.valueOf(GO), "build", "-o", program.toString(), source)
              .redirectErrorStream(true);
      go.environment().put("GOCACHE", CACHE.toString());
      go.environment().put("GOTOOLCHAIN", "local");
      go.environment().put("GOFLAGS", "-mod=mod");
      Process process = go.start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("go build said: " + said);
      }
      return program.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
