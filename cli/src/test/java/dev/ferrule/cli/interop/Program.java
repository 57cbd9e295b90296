package dev.ferrule.cli.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of this machine: found, run to its end, or started and ended by its process. */
final class Program implements AutoCloseable {
  private final Process process;
  private final Path said;

  private Program(Process process, Path said) {
    this.process = process;
    this.said = said;
  }

  /** Its path; the test is skipped where it is not installed. */
  static String installed(String name) throws IOException {
    Optional<String> found = find(name);
    assumeTrue(found.isPresent(), name + " is not installed here");
    return found.orElseThrow();
  }

  private static Optional<String> find(String name) throws IOException {
    List<Path> folders = new ArrayList<>();
    Path versions = Path.of("/usr/lib/postgresql"); // not in PATH, or wrapped there
    if (Files.isDirectory(versions)) {
      try (Stream<Path> all = Files.list(versions)) {
        all.map(version -> version.resolve("bin")).forEach(folders::add);
      }
    }
    String path = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
    Arrays.stream(path.split(File.pathSeparator, -1)).map(Path::of).forEach(folders::add);
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  /** A server, once it accepts connections at {@code port}. */
  static Program serve(Path folder, int port, String... command)
      throws IOException, InterruptedException {
    Program program = launch(folder, command);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!accepts(port)) {
      if (program.process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        String why = Files.readString(program.said);
        program.close();
        throw new IOException(command[0] + " does not listen: " + why);
      }
    }
    return program;
  }

  private static Program launch(Path folder, String... command) throws IOException {
    Path said = Files.createTempFile(folder, "said", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectErrorStream(true).redirectOutput(said.toFile());
    builder.redirectInput(new File("/dev/null"));
    return new Program(builder.start(), said);
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** All that it says until it ends with 0, within {@code seconds}. */
  static String run(Path folder, int seconds, String... command)
      throws IOException, InterruptedException {
    try (Program program = launch(folder, command)) {
      boolean ended = program.process.waitFor(seconds, TimeUnit.SECONDS);
      String text = new String(Files.readAllBytes(program.said), UTF_8);
      if (!ended || program.process.exitValue() != 0) {
        String how = ended ? "ended with " + program.process.exitValue() : "did not end";
        throw new IOException(String.join(" ", command) + " " + how + ": " + text);
      }
      return text;
    }
  }

  /** Ends it and the processes that it started. */
  @Override
  public void close() {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroy();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
  }
}
