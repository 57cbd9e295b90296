package dev.ferrule.tests.outside;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The coordinates that a reader copies are those of this build. */
@Tag("once")
class VersionTest {
  private static final Pattern COORDINATES =
      Pattern.compile(
          "<artifactId>ferrule-[a-z]+</artifactId>\\s*<version>([^<$]+)</version>"
              + "|<ferrule\\.version>([^<]+)</ferrule\\.version>"
              + "|dev\\.ferrule:ferrule-[a-z]+:([\\w.-]+)");

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/modules.md", "docs/testkit.md"})
  void the_version_that_is_written_down_is_the_poms(String page) throws IOException {
    List<String> versions =
        COORDINATES
            .matcher(Files.readString(Artifacts.ROOT.resolve(page)))
            .results()
            .map(found ->
                found.group(1) == null
                    ? found.group(found.group(2) == null ? 3 : 2)
                    : found.group(1))
            .distinct()
            .toList();
    assertThat(versions).containsExactly(Artifacts.version());
  }
}
