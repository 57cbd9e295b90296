package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code openssl s_server} on a free port of loopback, which answers all by a page. */
final class OpensslServer implements AutoCloseable {
  private final Process process;
  private final String port;

  private OpensslServer(Process process, String port) {
    this.process = process;
    this.port = port;
  }

  static OpensslServer start(Path folder, String... arguments) throws IOException {
    requireInstalled();
    List<String> command =
        new ArrayList<>(List.of("openssl", "s_server", "-accept", "127.0.0.1:0", "-www"));
    command.addAll(List.of(arguments));
    File problems = Files.createTempFile(folder, "openssl", ".err").toFile();
    Process process = new ProcessBuilder(command).redirectError(problems).start();
    BufferedReader said = process.inputReader(UTF_8);
    String line = said.readLine();
    while (line != null && !line.startsWith("ACCEPT ")) {
      line = said.readLine();
    }
    if (line == null) {
      throw new IOException(Files.readString(problems.toPath()));
    }
    Thread.ofPlatform().daemon().start(() -> drain(said));
    return new OpensslServer(process, line.substring(line.lastIndexOf(':') + 1));
  }

  static void requireInstalled() {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "openssl"))),
        "openssl is not installed here");
  }

  private static void drain(BufferedReader said) {
    try {
      while (said.readLine() != null) {
        // A full pipe would hold it up.
      }
    } catch (IOException | UncheckedIOException e) {
      // It has ended.
    }
  }

  /** For a certificate of localhost. */
  String address() {
    return "localhost:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
