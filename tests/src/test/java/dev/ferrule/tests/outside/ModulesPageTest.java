package dev.ferrule.tests.outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.tests.outside.Document.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Carries out docs/modules.md with the jars of this build, in a project of its own. */
@Tag("once")
@Timeout(300)
@EnabledOnOs(value = OS.LINUX, architectures = "amd64") // the page names that platform's library
class ModulesPageTest {
  private static Document page;
  private static Path repository;

  @BeforeAll
  static void install() throws IOException {
    assumeTrue(
        Artifacts.areBuilt(), "the jars are older than the classes: ./build test packages them");
    page = Document.read(Artifacts.ROOT.resolve("docs/modules.md"));
    repository = Artifacts.install(Artifacts.emptied("repository"));
  }

  @Test
  void a_program_runs_on_the_class_path() throws Exception {
    carryOut("Class path", program("class-path"));
  }

  @Test
  void a_named_module_compiles_runs_and_is_linked_into_an_image() throws Exception {
    Path project = program("module-path");
    carryOut("Module path", project);
    carryOut("A run-time image", project);
  }

  @Test
  void the_tool_runs_from_an_image_with_boringssl() throws Exception {
    Path checkout = Artifacts.emptied("checkout");
    Path target = Files.createDirectories(checkout.resolve("cli/target"));
    for (String name : List.of("ferrule-cli.jar", "lib")) {
      Path built = Artifacts.ROOT.resolve("cli/target").resolve(name);
      Files.createSymbolicLink(target.resolve(name), built);
    }
    carryOut("The tool as an image", checkout);
  }

  /** Maven takes its options from a file: our artifacts, and no network. */
  private static Path program(String name) throws Exception {
    Path project = Artifacts.emptied(name);
    Path config = Files.createDirectories(project.resolve(".mvn")).resolve("maven.config");
    Files.writeString(config, "-o\n-B\n-Dmaven.repo.local=" + repository + "\n");
    carryOut("A program", project);
    return project;
  }

  private static void carryOut(String section, Path folder) throws Exception {
    String said = "";
    for (Part part : page.section(section)) {
      if (!part.path().isEmpty()) {
        Path file = folder.resolve(part.path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, part.text() + "\n");
      } else if (part.kind().equals("sh")) {
        said = run(part.text(), folder);
      } else {
        assertThat(said).as(section).contains(part.text());
      }
    }
  }

  private static String run(String commands, Path folder) throws Exception {
    Path said = folder.resolve("said.txt");
    ProcessBuilder shell = new ProcessBuilder("bash", "-eu", "-c", commands);
    Path jdk = Path.of(System.getProperty("java.home"));
    shell.environment().put("JAVA_HOME", jdk.toString());
    shell.environment().merge("PATH", jdk.resolve("bin") + ":", (path, bin) -> bin + path);
    // A dozen JVMs that live for seconds: the optimizing compiler would take half of their time.
    shell.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    shell.environment().put("MAVEN_OPTS", "--sun-misc-unsafe-memory-access=allow");
    Process process =
        shell
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(process.waitFor(200, TimeUnit.SECONDS)).as(commands).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(said);
    assertThat(process.exitValue()).as("%s%n%s", commands, text).isZero();
    return text;
  }
}
