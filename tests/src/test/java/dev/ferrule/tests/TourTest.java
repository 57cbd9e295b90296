package dev.ferrule.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The classes that the pages for readers of the code name are there. */
@Tag("once")
class TourTest {
  private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w+[a-z]\\w*)[`.]");

  private static final Set<String> OF_JAVA =
      Set.of(
          "IllegalStateException", "SSLContext", "SSLEngine", "Selector", "WrongThreadException");

  @ParameterizedTest
  @ValueSource(strings = {"docs/tour.md", "docs/turn.md", "CONTRIBUTING.md"})
  void the_classes_that_a_page_names_exist(String page) throws IOException {
    Set<String> named = new TreeSet<>();
    CLASS
        .matcher(Files.readString(CompiledModule.ROOT.resolve(page)))
        .results()
        .map((MatchResult found) -> found.group(1))
        .forEach(named::add);
    assertThat(named).isNotEmpty();
    named.removeAll(OF_JAVA);
    named.removeAll(sources());
    assertThat(named).as("named by %s, and not there", page).isEmpty();
  }

  /** The names of all source files, tests included. */
  private static Set<String> sources() throws IOException {
    Set<String> names = new HashSet<>();
    try (Stream<Path> modules = Files.list(CompiledModule.ROOT)) {
      for (Path source : modules.map(module -> module.resolve("src")).toList()) {
        if (Files.isDirectory(source)) {
          try (Stream<Path> files = Files.walk(source)) {
            files
                .map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".java"))
                .forEach(name -> names.add(name.substring(0, name.length() - ".java".length())));
          }
        }
      }
    }
    return names;
  }
}
