package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Servers in processes of their own that share the keys of session tickets; the client is OpenSSL.
 */
@Timeout(60)
class TicketsTest {
  @TempDir Path folder;

  @BeforeEach
  void assumePosix() {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX");
  }

  private String file(String name, int bytes, String permissions) throws IOException {
    byte[] made = new byte[bytes];
    new Random(name.hashCode()).nextBytes(made);
    Path file = Files.write(folder.resolve(name), made);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return file.toString();
  }

  private RunningTool serve(String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of("--mode", "line", "--provider", "boringssl"));
    all.addAll(List.of(options));
    return RunningTool.serve(folder, all.toArray(String[]::new));
  }

  /** What OpenSSL's client says of a connection. */
  static String visit(String address, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", address));
    command.addAll(List.of(options));
    Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      client.getOutputStream().write("hello\n".getBytes(UTF_8));
      client.getOutputStream().flush();
      return new String(client.getInputStream().readAllBytes(), UTF_8);
    } finally {
      client.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static void assumeOpenssl() {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "openssl"))),
        "openssl is not installed here");
  }

  @Test
  void a_session_of_one_process_is_resumed_by_another_with_the_file_of_keys() throws Exception {
    assumeOpenssl();
    String keys = file("keys", 96, "rw-------");
    String others = file("others", 48, "rw-------");
    try (RunningTool one = serve("--ticket-keys", keys);
        RunningTool two = serve("--ticket-keys", keys);
        RunningTool other = serve("--ticket-keys", others)) {
      String first = one.address();
      String second = two.address();
      String stranger = other.address();
      for (String version : List.of("-tls1_2", "-tls1_3")) {
        String session = folder.resolve("session" + version).toString();
        assertThat(visit(first, version, "-sess_out", session))
            .contains("New, TLSv1", "THIS IS A SECURE LINE!");
        assertThat(visit(second, version, "-sess_in", session)).contains("Reused, TLSv1");
        assertThat(visit(stranger, version, "-sess_in", session)).contains("New, TLSv1");
      }
    }
  }

  @Test
  void a_session_of_one_process_is_resumed_by_another_with_the_secret_for_its_lifetime()
      throws Exception {
    assumeOpenssl();
    String secret = file("secret", 32, "rw-r-----");
    try (RunningTool one = serve("--ticket-secret", secret, "--ticket-lifetime", "10m");
        RunningTool two = serve("--ticket-secret", secret, "--ticket-lifetime", "20h")) {
      String session = folder.resolve("session").toString();
      assertThat(visit(one.address(), "-sess_out", session))
          .contains("New, TLSv1.3")
          .containsPattern("ticket lifetime hint: (600|599) \\(seconds\\)");
      assertThat(visit(two.address(), "-sess_in", session))
          .contains("Reused, TLSv1.3")
          .containsPattern(
              "ticket lifetime hint: (600|5\\d\\d) \\(seconds\\)"); // of those 10 minutes
    }
  }

  @Test
  void a_file_that_is_watched_gives_its_next_keys_and_a_bad_one_keeps_the_last() throws Exception {
    assumeOpenssl();
    String keys = file("keys", 48, "rw-------");
    String session = folder.resolve("session").toString();
    try (RunningTool server = serve("--ticket-keys", keys, "--watch")) {
      String address = server.address();
      visit(address, "-sess_out", session);
      file("keys", 50, "rw-------");
      awaitError(server, "served on: " + keys + " has 50 bytes");
      assertThat(visit(address, "-sess_in", session)).contains("Reused, TLSv1.3");
      Files.copy(Path.of(file("next", 96, "rw-------")), Path.of(keys), REPLACE_EXISTING);
      awaitError(server, "loaded again: " + keys + " has 2 ticket keys, 2 of them new");
      assertThat(visit(address, "-sess_in", session)).contains("Reused, TLSv1.3");
      try (RunningTool other = serve("--ticket-keys", file("next", 96, "rw-------"))) {
        visit(address, "-sess_out", session);
        assertThat(visit(other.address(), "-sess_in", session)).contains("Reused, TLSv1.3");
      }
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // which has no SIGHUP
  void random_keys_stay_when_certificates_are_loaded_again() throws Exception {
    assumeOpenssl();
    WrittenFiles own = ThrowawayCa.create().issue("localhost").write(folder);
    String session = folder.resolve("session").toString();
    try (RunningTool server =
        serve("--ticket-rotation=1h", "--cert=" + own.certificate(), "--key=" + own.key())) {
      String address = server.address();
      visit(address, "-sess_out", session);
      String pid = String.valueOf(server.process().pid());
      assertThat(new ProcessBuilder("kill", "-HUP", pid).start().waitFor()).isZero();
      awaitError(server, "loaded again: ");
      assertThat(visit(address, "-sess_in", session)).contains("Reused, TLSv1.3");
    }
  }

  private static void awaitError(RunningTool server, String words) {
    Loops.eventually(() -> {
      try {
        return server.err().contains(words);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  @ParameterizedTest
  @CsvSource({
    "--ticket-keys, 0, rw-------, has 0 bytes",
    "--ticket-keys, 49, rw-------, has 49 bytes",
    "--ticket-keys, 816, rw-------, not 17",
    "--ticket-keys, 48, rw-r--r--, chmod o-rw",
    "--ticket-secret, 31, rw-------, has 31 bytes",
    "--ticket-secret, 32, rw-----w-, chmod o-rw",
  })
  void a_file_that_cannot_be_right_is_named_in_one_line(
      String option, int bytes, String permissions, String said) throws IOException {
    String file = file("bad", bytes, permissions);
    Tool.Result result = Tool.run("serve", "--port", "0", option, file);
    assertThat(result.status()).isEqualTo(64);
    assertThat(result.err()).startsWith("ferrule: " + file).contains(said).hasLineCount(1);
  }

  @Test
  void the_provider_that_cannot_share_keys_says_so() throws IOException {
    String keys = file("keys", 48, "rw-------");
    Tool.Result result =
        Tool.run("serve", "--port", "0", "--provider", "jdk", "--ticket-keys", keys, "--quiet");
    assertThat(result.status()).isEqualTo(64);
    assertThat(result.err()).contains("jdk provider cannot share").hasLineCount(1);
  }
}
