package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./ferrule} in a tree of its own: the script, and a packaged tool with an AOT cache made of
 * the classes that are tested here.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "./ferrule is a script for bash")
class StartScriptTest {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();

  private static final Pattern NEEDED = Pattern.compile("picocli|netty-tcnative");

  @TempDir Path root;

  private Path tool;

  record Ended(int status, String out, String err) {}

  @BeforeEach
  void copy_the_script() throws IOException {
    tool = Files.createDirectories(root.resolve("cli/target/tool.1"));
    Files.createDirectories(root.resolve("scripts"));
    for (String name : List.of("ferrule", "scripts/jdk.sh", "scripts/tool.sh")) {
      Files.copy(PROJECT.resolve(name), root.resolve(name));
    }
    assertThat(root.resolve("ferrule").toFile().setExecutable(true)).isTrue();
    pack();
    // Newer than every source, so that nothing is built.
    Files.setLastModifiedTime(
        Files.writeString(root.resolve("cli/target/built"), "cli/target/tool.1\n"),
        FileTime.from(Instant.now().plusSeconds(3600)));
  }

  @Test
  void the_tool_starts_from_its_cache_and_says_nothing_of_it() throws Exception {
    train();
    Ended ended = ferrule("", "providers");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out()).startsWith("pollers");
    assertThat(ended.status()).isZero();
    // With this, Java ends with an error where it cannot use the cache.
    assertThat(ferrule("-XX:AOTMode=on", "providers").status()).isZero();
  }

  @Test
  void a_server_that_makes_no_certificate_starts_from_the_smaller_cache() throws Exception {
    train();
    Files.move(tool.resolve("ferrule.aot"), tool.resolve("serve.aot"));
    String[] shown = {"serve", "--port", "70000", "--cert", "none.pem"};
    assertThat(ferrule("-XX:AOTMode=on", shown).err()).contains("--port is a number");
    String[] plain = {"serve", "--plain", "--port", "70000"};
    assertThat(ferrule("-XX:AOTMode=on", plain).err()).contains("--port is a number");
    // Any other command wants the one that is not there, and Java says so.
    String[] made = {"serve", "--port", "70000"};
    assertThat(ferrule("-XX:AOTMode=on", made).err()).doesNotContain("--port is a number");
  }

  @Test
  void each_kind_of_command_starts_from_a_cache_of_its_own() throws Exception {
    train();
    Path cache = tool.resolve("ferrule.aot");
    cache = Files.move(cache, tool.resolve("tunnel.aot"));
    assertThat(ferrule("-XX:AOTMode=on", "tunnel", "--help").status()).isZero();
    assertThat(ferrule("-XX:AOTMode=on", "check", "--help").status()).isNotZero();
    Files.move(cache, tool.resolve("work.aot"));
    for (String command : List.of("check", "bench", "cert", "completion")) {
      assertThat(ferrule("-XX:AOTMode=on", command, "--help").status()).as(command).isZero();
    }
    assertThat(ferrule("-XX:AOTMode=on", "connect", "--help").status()).isNotZero();
  }

  @Test
  @Timeout(30)
  void a_build_that_it_starts_finds_the_lock_held_however_the_folder_was_reached()
      throws Exception {
    Files.delete(root.resolve("cli/target/built"));
    Files.writeString(
        root.resolve("build"),
        """
        #!/usr/bin/env bash
        root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd -P)
        . "$root/scripts/jdk.sh"
        one_at_a_time "$root"
        echo "[ERROR] the build was reached"
        exit 1
        """);
    assertThat(root.resolve("build").toFile().setExecutable(true)).isTrue();
    Path link = Files.createSymbolicLink(root.resolve("a link"), root);
    Ended ended = run(List.of(link.resolve("ferrule").toString(), "providers"), "");
    assertThat(ended.err()).contains("the build was reached");
    assertThat(ended.status()).isEqualTo(1);
  }

  @Test
  void a_missing_cache_does_no_harm() throws Exception {
    assertRunsQuietly("");
  }

  @Test
  void a_damaged_cache_does_no_harm() throws Exception {
    Files.write(tool.resolve("ferrule.aot"), new byte[20_000]);
    assertRunsQuietly("");
  }

  @Test
  void a_cache_of_other_jars_does_no_harm() throws Exception {
    train();
    Path jar = tool.resolve(Files.readAllLines(tool.resolve("jars")).getFirst());
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(7200)));
    assertRunsQuietly("");
  }

  @Test
  void another_collector_and_other_headers_do_no_harm() throws Exception {
    train();
    assertRunsQuietly("-XX:-UseSerialGC -XX:+UseParallelGC -XX:-UseCompactObjectHeaders");
  }

  /** A JVM that is told of two collectors ends with an error. */
  @Test
  void a_collector_in_a_file_of_options_or_behind_a_tab_takes_the_place_of_the_usual_one()
      throws Exception {
    Path options = Files.writeString(root.resolve("options"), "-Dsome=thing\n-XX:+UseParallelGC\n");
    assertRunsQuietly("@" + options);
    assertRunsQuietly("-Dsome=thing @" + options);
    assertRunsQuietly("-Dsome=thing\t-XX:+UseParallelGC");
  }

  /** The shell says the names: this JVM may not be able to. */
  @Test
  void any_path_will_do_in_the_locale_c() throws Exception {
    String script =
        """
        name=$(printf 'pf\\303\\244d mit leer')
        mkdir "$name" && mv ferrule scripts cli "$name" && export LC_ALL=C
        "$name/ferrule" serve --port 70000 --cert "$name/none.pem" 2>port.txt
        "$name/ferrule" serve --port 0 --cert "$name/none.pem" 2>none.txt
        grep -q -e '--port is a number' port.txt && grep -q "$name/none.pem does not exist" none.txt
        """;
    Ended ended = run(List.of("bash", "-c", script), "");
    assertThat(ended.status()).as(ended.err() + texts("port.txt", "none.txt")).isZero();
  }

  private String texts(String... names) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String name : names) {
      all.append(new String(Files.readAllBytes(root.resolve(name)), UTF_8));
    }
    return all.toString();
  }

  @Test
  void streams_that_are_closed_are_not_taken_for_files() throws Exception {
    Ended closed = run(List.of("bash", "-c", "./ferrule --version >&-"), "");
    assertThat(closed.status()).isEqualTo(1);
    assertThat(closed.err()).startsWith("ferrule: standard output took no more");
    assertThat(run(List.of("bash", "-c", "./ferrule --version <&- 2>&-"), "").status()).isZero();
  }

  private void assertRunsQuietly(String javaOptions) throws Exception {
    Ended ended = ferrule(javaOptions, "providers");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out()).startsWith("pollers");
    assertThat(ended.status()).isZero();
  }

  /**
   * The classes under test as jars, for an AOT cache takes no folders, and the libraries they need.
   */
  private void pack() throws IOException {
    StringBuilder jars = new StringBuilder();
    int number = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path from = Path.of(entry);
      String name = from.getFileName().toString();
      Path jar = tool.resolve(number++ + ".jar");
      if (name.equals("classes")) {
        ToolProvider archiver = ToolProvider.findFirst("jar").orElseThrow();
        assertThat(archiver.run(System.out, System.err, "-cf", jar.toString(), "-C", entry, "."))
            .isZero();
      } else if (name.startsWith("ferrule-") || NEEDED.matcher(name).lookingAt()) {
        Files.copy(from, jar);
      } else {
        continue;
      }
      jars.append(jar.getFileName()).append('\n');
    }
    Files.writeString(tool.resolve("jars"), jars);
  }

  private void train() throws Exception {
    String script =
        ". scripts/tool.sh; exec \"$0\" \"${tool_options[@]}\" -Xlog:aot*=off"
            + " -XX:AOTCacheOutput=\"$1/ferrule.aot\" -cp \"$(class_path \"$1\")\""
            + " dev.ferrule.cli.Main providers";
    Ended ended = run(List.of("bash", "-c", script, java("java"), tool.toString()), "");
    assertThat(tool.resolve("ferrule.aot")).as(ended.out() + ended.err()).exists();
  }

  private Ended ferrule(String javaOptions, String... arguments) throws IOException {
    return run(
        Stream.concat(Stream.of(root.resolve("ferrule").toString()), Stream.of(arguments)).toList(),
        javaOptions);
  }

  private Ended run(List<String> command, String javaOptions) throws IOException {
    Path out = Files.createTempFile(root, "out", ".txt");
    Path err = Files.createTempFile(root, "err", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("FERRULE_JAVA_OPTS", javaOptions);
    Process process =
        builder
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
    }
    return new Ended(
        process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  private static String java(String program) {
    return Path.of(System.getProperty("java.home"), "bin", program).toString();
  }
}
