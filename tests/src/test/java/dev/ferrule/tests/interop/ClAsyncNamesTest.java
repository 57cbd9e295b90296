package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/cl-async.md names a test for every row; each of them exists. */
@Tag("once")
class ClAsyncNamesTest {
  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");

  @Test
  void every_row_has_a_test_and_every_test_that_is_named_exists() throws IOException {
    Path root = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().getParent();
    List<String> missing = new ArrayList<>();
    for (String line : Files.readAllLines(root.resolve("docs/cl-async.md"))) {
      List<MatchResult> named = NAMED.matcher(line).results().toList();
      if (line.startsWith("| ") && !line.startsWith("| ---") && !line.endsWith("| test |")) {
        assertThat(named).as(line).isNotEmpty();
      }
      for (MatchResult test : named) {
        if (!exists(root.resolve("tests/src/test/java"), test.group(1), test.group(2))) {
          missing.add(test.group());
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  private static boolean exists(Path sources, String type, String method) throws IOException {
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.endsWith(type + ".java")).toList()) {
        if (method == null || Files.readString(file).contains("void " + method + "(")) {
          return true;
        }
      }
    }
    return false;
  }
}
