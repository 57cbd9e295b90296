package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The tool in a JVM of its own, for what signals and the process are part of. */
public final class RunningTool implements AutoCloseable {
  /**
   * Runs a command that hears SIGINT: what runs in the background of a shell, as a build may, has
   * it ignored, and so has all that it starts.
   */
  static final List<String> HEARING_INTERRUPTS =
      List.of(
          "python3",
          "-c",
          "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
              + " os.execvp(sys.argv[1], sys.argv[1:])");

  private final Process process;
  private final BufferedReader out;
  private final Path err;

  private RunningTool(Process process, Path err) {
    this.process = process;
    this.out = process.inputReader(UTF_8);
    this.err = err;
  }

  public static RunningTool start(Path folder, String... arguments) throws IOException {
    return start(folder, List.of(), arguments);
  }

  /** {@code before} is what runs the command, such as a shell that sets limits first. */
  static RunningTool start(Path folder, List<String> before, String... arguments)
      throws IOException {
    return start(folder, System.getProperty("java.class.path"), before, arguments);
  }

  /** As it is installed: a class that is needed late is in a file that is open. */
  static RunningTool startFromJars(Path folder, List<String> before, String... arguments)
      throws IOException {
    List<String> jars = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path classes = Path.of(part);
      if (Files.isDirectory(classes)) {
        Path jar = folder.resolve("classes" + jars.size() + ".jar");
        pack(classes, jar);
        jars.add(jar.toString());
      } else {
        jars.add(part);
      }
    }
    return start(folder, String.join(File.pathSeparator, jars), before, arguments);
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar));
        Stream<Path> all = Files.walk(classes)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new ZipEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, out);
      }
    }
  }

  private static RunningTool start(
      Path folder, String classPath, List<String> before, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp")); // as ./ferrule does
    command.add(classPath);
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    Path err = Files.createTempFile(folder, "err", ".txt");
    return new RunningTool(new ProcessBuilder(command).redirectError(err.toFile()).start(), err);
  }

  /** A server on any free port, once it listens. */
  static RunningTool serve(Path folder, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("serve", "--port", "0"));
    all.addAll(List.of(arguments));
    return start(folder, all.toArray(String[]::new));
  }

  String line() throws IOException {
    return out.readLine();
  }

  /** Says something and ends its input: all that comes out. A cut in the end is none of it. */
  public String exchange(String said) throws IOException, InterruptedException {
    try (Writer in = process.outputWriter(UTF_8)) {
      in.write(said);
    }
    StringBuilder all = new StringBuilder();
    for (int c; (c = out.read()) >= 0; ) {
      all.append((char) c);
    }
    int status = process.waitFor();
    if (status != Exit.CLEAN && status != Exit.TRUNCATED) {
      throw new IOException("it ended with " + status + ": " + err());
    }
    return all.toString();
  }

  /** Where it listens, from its first line. */
  public String address() throws IOException {
    String ready = line();
    if (ready == null || !ready.startsWith("READY ")) {
      throw new IOException("no READY but '" + ready + "': " + err());
    }
    return ready.split(" ", -1)[1];
  }

  Process process() {
    return process;
  }

  public String err() throws IOException {
    return Files.readString(err);
  }

  /** The fingerprint that a server without a certificate told. */
  String pin() throws IOException {
    String said = err();
    return said.substring(said.indexOf("--pin ") + 6).lines().findFirst().orElseThrow();
  }

  /** All that it prints until it ends with 0. */
  public String output() throws IOException, InterruptedException {
    String all = out.readAllAsString();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException("it ended with " + status + ": " + err());
    }
    return all;
  }

  /** SIGTERM; the exit status. */
  public int stop() throws InterruptedException {
    process.destroy();
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
