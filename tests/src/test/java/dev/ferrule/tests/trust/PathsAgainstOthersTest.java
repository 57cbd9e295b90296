package dev.ferrule.tests.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.trust.Anchors;
import dev.ferrule.ssl.trust.PathResult;
import dev.ferrule.ssl.trust.PathSearch;
import dev.ferrule.ssl.trust.Revocation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Generated paths, validated here and by others. A run of another seed, or of more paths: {@code
 * -Dferrule.paths.seed=N -Dferrule.paths=N}.
 */
@Tag("once")
class PathsAgainstOthersTest {
  private static final long SEED = Long.getLong("ferrule.paths.seed", 20260301L);
  private static final int PATHS = Integer.getInteger("ferrule.paths", 480);
  private static final List<GeneratedPath> GENERATED = generated();

  @TempDir Path folder;

  private static List<GeneratedPath> generated() {
    PathGenerator generator = new PathGenerator(SEED);
    return Stream.generate(generator::next).limit(PATHS).toList();
  }

  @Test
  void openssl_agrees_but_for_what_is_listed() {
    assumeTrue(OpensslVerify.PROGRAM != null, "there is no openssl on this machine");
    OpensslVerify openssl = new OpensslVerify(folder);
    List<String> verdicts = GENERATED.parallelStream().map(openssl::verdict).toList();
    compare("openssl", verdicts);
  }

  @Test
  void go_agrees_but_for_what_is_listed() throws Exception {
    assumeTrue(GoVerify.PROGRAM != null, "there is no go on this machine");
    compare("go", new GoVerify(folder).verdicts(GENERATED));
  }

  @Test
  void good_and_bad_paths_are_both_generated() {
    assertThat(GENERATED.stream().filter(PathsAgainstOthersTest::weAccept).count())
        .isBetween(PATHS / 4L, 3L * PATHS / 4);
    assertThat(GENERATED.stream().flatMap(path -> path.oddities().stream()))
        .extracting(GeneratedPath.Odd::oddity)
        .contains(GeneratedPath.Oddity.values());
  }

  @Test
  void every_accepted_difference_is_explained_in_the_docs() throws Exception {
    Path docs = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().getParent();
    String options = Files.readString(docs.resolve("docs/options.md"));
    for (Difference difference : Difference.values()) {
      assertThat(options).contains("| " + difference.program + " | " + difference.row());
    }
    assertThat(options.lines().filter(line -> line.matches("\\| (openssl|go) \\|.*")))
        .hasSize(Difference.values().length);
  }

  private static void compare(String program, List<String> verdicts) {
    List<String> unexplained = new ArrayList<>();
    IntStream.range(0, PATHS)
        .forEach(i -> {
          GeneratedPath path = GENERATED.get(i);
          boolean accepted = weAccept(path);
          if (accepted != verdicts.get(i).equals("OK")
              && Difference.explaining(program, path, accepted).isEmpty()) {
            unexplained.add(
                "%d %s %s\n  here: %s\n  %s: %s"
                    .formatted(
                        path.number(),
                        path.purpose(),
                        path.oddities(),
                        accepted ? "OK" : validate(path),
                        program,
                        verdicts.get(i)));
          }
        });
    assertThat(unexplained).as("paths of the seed " + SEED).isEmpty();
  }

  private static boolean weAccept(GeneratedPath path) {
    return validate(path) instanceof PathResult.Valid;
  }

  private static PathResult validate(GeneratedPath path) {
    return PathSearch.validate(
        path.presented(),
        new Anchors(path.anchors()),
        Draft.NOW,
        path.purpose(),
        Set.of(),
        Revocation.NONE);
  }
}
