package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page of {@code --status} in a headless Chromium, which writes down what it has made of it.
 */
class StatusPageTest {
  private static final List<String> CHROMIUM =
      List.of("chromium", "--headless=new", "--no-sandbox", "--disable-gpu");

  @TempDir private static Path folder;
  private static WrittenFiles files;

  @BeforeAll
  static void findChromium() throws Exception {
    boolean found;
    try {
      Process asked = new ProcessBuilder("chromium", "--version").redirectErrorStream(true).start();
      asked.getInputStream().readAllBytes();
      found = asked.waitFor() == 0;
    } catch (IOException e) {
      found = false;
    }
    Assumptions.assumeTrue(found, "chromium is not installed");
    files = ThrowawayCa.create().issue("localhost").write(folder);
  }

  /** What a browser wrote. */
  private record Shown(String dom, String console) {}

  private static Shown shown(StatusClient status) throws Exception {
    List<String> command = new ArrayList<>(CHROMIUM);
    command.add("--user-data-dir=" + Files.createTempDirectory(folder, "profile"));
    command.addAll(List.of("--enable-logging=stderr", "--virtual-time-budget=2000", "--dump-dom"));
    command.add("http://" + status.address() + "/");
    Path err = Files.createTempFile(folder, "chromium", ".txt");
    Process browser = new ProcessBuilder(command).redirectError(err.toFile()).start();
    try {
      String dom = new String(browser.getInputStream().readAllBytes(), UTF_8);
      assertThat(browser.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new Shown(dom, Files.readString(err));
    } finally {
      browser.destroyForcibly();
    }
  }

  private static RunningTool tunnel(String name) throws IOException {
    Path file = Files.createTempFile(folder, "tunnels", ".toml");
    Files.writeString(
        file,
        """
        status = "127.0.0.1:0"
        [tunnel.'%s']
        listen = "127.0.0.1:0"
        to = "127.0.0.1:1"
        cert = '%s'
        key = '%s'
        """
            .formatted(name, files.certificate(), files.key()));
    return RunningTool.start(folder, "tunnel", "--config", file.toString());
  }

  @Test
  void it_shows_tunnels_targets_and_certificates_and_its_policy_stops_nothing_of_it()
      throws Exception {
    try (RunningTool tool = tunnel("web")) {
      String address = tool.address();
      Shown shown = shown(StatusClient.of(tool));
      assertThat(shown.dom)
          .contains("<p id=\"state\" role=\"status\" class=\"good\">ready</p>")
          .contains("<tr><th scope=\"row\">web</th><td class=\"nowrap\">" + address + "</td>")
          .contains("<tr><th scope=\"row\">127.0.0.1:1</th><td>web</td><td class=\"good\">up</td>")
          .contains("<th scope=\"row\" class=\"long\">CN=localhost</th>")
          .contains("aria-label=\"Until now: open 0, at most 0\"");
      assertThat(shown.console).doesNotContain("CONSOLE");
    }
  }

  @Test
  void a_hostile_name_is_only_a_text() throws Exception {
    try (RunningTool tool = tunnel("<img/src=x/onerror=console.log(1)>")) {
      tool.address();
      Shown shown = shown(StatusClient.of(tool));
      assertThat(shown.dom)
          .contains("<th scope=\"row\">&lt;img/src=x/onerror=console.log(1)&gt;</th>")
          .doesNotContain("<img");
      assertThat(shown.console).doesNotContain("CONSOLE");
    }
  }
}
