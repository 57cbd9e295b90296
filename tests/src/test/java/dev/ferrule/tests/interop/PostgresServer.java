package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.testkit.Ports;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server on loopback that takes SSL and SCRAM only, in a folder of its own, with one
 * user; started as another user where this one is root, which it refuses.
 */
final class PostgresServer implements AutoCloseable {
  static final String USER = "ferrule";
  static final String PASSWORD = "a secret of a test";

  private static final String OTHER = "postgres";

  private final Path folder;
  private final Program server;
  final int port;

  private PostgresServer(Path folder, Program server, int port) {
    this.folder = folder;
    this.server = server;
    this.port = port;
  }

  /** Skips the test where there is none. */
  static PostgresServer start(Pki.Identity shown) throws IOException {
    Path programs = programs();
    assumeTrue(programs != null, "there is no PostgreSQL server on this machine");
    boolean root = System.getProperty("user.name").equals("root");
    assumeTrue(!root || Program.exists("runuser"), "there is no runuser on this machine");
    Path folder = Files.createTempDirectory("ferrule-postgres");
    Files.copy(shown.chain(), folder.resolve("chain.pem"));
    Files.copy(shown.key(), folder.resolve("key.pem"));
    Files.writeString(folder.resolve("password"), PASSWORD + "\n", UTF_8);
    run(List.of("chmod", "600", folder.resolve("key.pem").toString()));
    if (root) {
      run(List.of("chown", "-R", OTHER, folder.toString()));
    }
    run(initialize(programs, folder, root));
    int port = Ports.free();
    Program server = Program.start(serve(programs, folder, port, root));
    server.await(Pattern.compile("ready to accept connections"));
    return new PostgresServer(folder, server, port);
  }

  private static @Nullable Path programs() throws IOException {
    Path all = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(all)) {
      return null;
    }
    try (Stream<Path> versions = Files.list(all)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .findFirst()
          .orElse(null);
    }
  }

  private static List<String> as(boolean root, Path program) {
    List<String> command = new ArrayList<>();
    if (root) {
      command.addAll(List.of("runuser", "-u", OTHER, "--"));
    }
    command.add(program.toString());
    return command;
  }

  private static List<String> initialize(Path programs, Path folder, boolean root) {
    List<String> command = as(root, programs.resolve("initdb"));
    command.addAll(List.of("-D", folder.resolve("data").toString(), "-N", "-U", USER));
    command.addAll(List.of("-A", "scram-sha-256", "--no-locale", "-E", "UTF8"));
    command.add("--pwfile=" + folder.resolve("password"));
    return command;
  }

  private static List<String> serve(Path programs, Path folder, int port, boolean root) {
    List<String> command = as(root, programs.resolve("postgres"));
    command.addAll(List.of("-D", folder.resolve("data").toString(), "-p", "" + port));
    command.addAll(List.of("-h", "127.0.0.1", "-k", "", "-F"));
    command.addAll(List.of("-c", "ssl=on"));
    command.addAll(List.of("-c", "ssl_cert_file=" + folder.resolve("chain.pem")));
    command.addAll(List.of("-c", "ssl_key_file=" + folder.resolve("key.pem")));
    return command;
  }

  /** PostgreSQL has no port 0. */
  private static void run(List<String> command) {
    try (Program program = Program.start(command)) {
      assertThat(program.exitCode()).as(program.output()).isZero();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    server.exitCode();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return deleted(file);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path each, IOException problem) {
            return deleted(each);
          }
        });
  }

  /** A process that ends may still take its own files away. */
  private static FileVisitResult deleted(Path file) {
    boolean gone = file.toFile().delete() || !Files.exists(file);
    return gone ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
  }
}
