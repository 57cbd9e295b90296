package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A process of another program: fed by lines, its output collected, ended with the test. */
final class Program implements AutoCloseable {
  private final Process process;
  private final Notes<String> lines = new Notes<>();

  private Program(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::collect);
  }

  static Program start(List<String> command) {
    try {
      return new Program(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether {@code name} can be started here. */
  static boolean exists(String name) {
    return Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
        .anyMatch(folder -> java.nio.file.Files.isExecutable(java.nio.file.Path.of(folder, name)));
  }

  private void collect() {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      String line;
      while ((line = reader.readLine()) != null) {
        lines.add(line);
      }
      lines.add("(end of output)");
    } catch (IOException e) {
      lines.add("(output lost: " + e + ")");
    }
  }

  Matcher await(Pattern pattern) {
    Matcher matcher = pattern.matcher(lines.await(line -> pattern.matcher(line).find()));
    matcher.find();
    return matcher;
  }

  /** What it said so far. */
  List<String> lines() {
    return lines.all();
  }

  void feed(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new AssertionError("it does not listen any more; it said: " + lines.all(), e);
    }
  }

  void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new AssertionError("it does not listen any more; it said: " + lines.all(), e);
    }
  }

  /** Waits for its end: everything it said. */
  String output() {
    lines.await("(end of output)"::equals);
    List<String> all = lines.all();
    return String.join("\n", all.subList(0, all.size() - 1));
  }

  int exitCode() {
    try {
      if (process.waitFor(20, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("it does not end; it said: " + lines.all());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
