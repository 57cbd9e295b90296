package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manual pages that the build makes. */
@Timeout(60)
class ManPageTest {
  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    ManPages.write(folder, "1.2.3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tunnel",
        "check",
        "bench",
        "cert",
        "connect",
        "serve",
        "fleet-put",
        "fleet-status"
      })
  void a_page_has_all_that_the_help_says(String command) throws IOException {
    String page = Files.readString(folder.resolve("ferrule-" + command + ".1")).replace("\\-", "-");
    assertThat(page).contains(".SH NAME", ".SH OPTIONS", ".SH EXAMPLES", ".SH EXIT STATUS");
    String help = Tool.run((command.replace('-', ' ') + " --help").split(" ", -1)).out();
    List<String> options =
        Stream.of(help.split("[\\s,=\\[\\]]+")).filter(word -> word.matches("--[a-z-]+")).toList();
    assertThat(options).isNotEmpty().allSatisfy(each -> assertThat(page).contains(each));
    assertThat(page).doesNotContain("${").doesNotContain("%n");
  }

  @Test
  void each_command_has_one_and_so_have_those_below_it() throws IOException {
    try (Stream<Path> pages = Files.list(folder)) {
      assertThat(pages.map(each -> each.getFileName().toString()))
          .contains("ferrule.1", "ferrule-providers.1", "ferrule-cert-show.1");
    }
  }

  @Test
  void groff_takes_them_without_a_warning() throws IOException {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "groff")));
    assumeTrue(installed, "groff is not installed here");
    try (Stream<Path> pages = Files.list(folder)) {
      for (Path page : pages.toList()) {
        Process groff =
            new ProcessBuilder("groff", "-man", "-ww", "-Tutf8", page.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(new String(groff.getErrorStream().readAllBytes(), UTF_8))
            .as("%s", page)
            .isEmpty();
      }
    }
  }
}
