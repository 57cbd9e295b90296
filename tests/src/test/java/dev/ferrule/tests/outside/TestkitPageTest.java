package dev.ferrule.tests.outside;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.tests.outside.Document.Part;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles and runs docs/testkit.md as a program outside, which has the testkit, what that needs,
 * and JUnit's annotations and assertions: no AssertJ, no JSpecify.
 */
@Tag("once")
class TestkitPageTest {
  private static final List<String> LIBRARIES =
      List.of(
          "bcpkix",
          "bcutil",
          "bcprov",
          "junit-jupiter-api",
          "junit-platform-commons",
          "opentest4j",
          "apiguardian");

  private static final String HEAD =
      """
      package demo;
      import static java.nio.charset.StandardCharsets.UTF_8;
      import static org.junit.jupiter.api.Assertions.*;
      import dev.ferrule.*;
      import dev.ferrule.event.*;
      import dev.ferrule.ssl.*;
      import dev.ferrule.testkit.*;
      import java.time.Duration;
      import java.util.*;
      import org.junit.jupiter.api.Test;
      public class Page {
      """;

  /** Takes the part of a test framework. */
  private static final String TAIL =
      """
        public static void main(String[] arguments) throws Exception {
          for (var method : Page.class.getDeclaredMethods()) {
            if (method.isAnnotationPresent(Test.class)) {
              method.invoke(new Page());
              System.out.println("passed: " + method.getName());
            }
          }
          System.out.println(Page.class.getModule());
        }
      }
      """;

  private static final String MODULE =
      """
      module demo {
        requires dev.ferrule.testkit;
        requires org.junit.jupiter.api;
      }
      """;

  @TempDir private Path folder;

  @Test
  void the_page_runs_on_the_class_path() throws Exception {
    compile("-cp", path(), source("Page.java", page()));
    String classes = folder.resolve("classes") + File.pathSeparator + path();
    assertThat(run("-cp", classes, "demo.Page")).contains("unnamed module").contains(passed());
  }

  @Test
  void the_page_runs_on_the_module_path() throws Exception {
    Path module = source("module-info.java", MODULE);
    compile("-p", path(), module, source("Page.java", page()));
    String modules = folder.resolve("classes") + File.pathSeparator + path();
    assertThat(run("-p", modules, "-m", "demo/demo.Page"))
        .contains("module demo")
        .contains(passed());
  }

  private static List<String> blocks() throws IOException {
    List<String> blocks =
        Document.read(Artifacts.ROOT.resolve("docs/testkit.md")).parts().stream()
            .filter(part -> part.kind().equals("java"))
            .map(Part::text)
            .toList();
    assertThat(blocks).hasSizeGreaterThan(5).allMatch(block -> block.startsWith("@Test\nvoid "));
    return blocks;
  }

  private static String page() throws IOException {
    return HEAD + String.join("\n", blocks()) + "\n" + TAIL;
  }

  /** What the program says of each block. */
  private static List<String> passed() throws IOException {
    return blocks().stream()
        .map(block -> block.substring("@Test\nvoid ".length(), block.indexOf('(')))
        .map(name -> "passed: " + name)
        .toList();
  }

  private static String path() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Stream<String> modules =
        Stream.of("core", "ssl", "testkit")
            .map(name -> Artifacts.ROOT.resolve(name + "/target/classes").toString());
    Stream<String> libraries =
        Stream.of(all.split(File.pathSeparator, -1))
            .filter(entry -> LIBRARIES.stream().anyMatch(new File(entry).getName()::startsWith));
    return Stream.concat(modules, libraries).collect(Collectors.joining(File.pathSeparator));
  }

  private Path source(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private void compile(String kind, String path, Path... sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    String output = folder.resolve("classes").toString();
    List<String> options = List.of("-Xlint:all", "-Werror", "-proc:none", "-d", output, kind, path);
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(complaints, null, null, options, null, files.getJavaFileObjects(sources))
              .call();
      assertThat(compiled).as("%s", complaints).isTrue();
    }
  }

  private static String run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
