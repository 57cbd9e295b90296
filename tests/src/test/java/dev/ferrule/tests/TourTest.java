package dev.ferrule.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The classes that the pages for readers of the code name are there. */
@Tag("once")
class TourTest {
  private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w+[a-z]\\w*)[`.]");

  /** Classes of the JDK, or of this module, which has no module descriptor. */
  private static final Set<String> OTHERS =
      Set.of(
          "SSLContext",
          "SSLEngine",
          "Selector",
          "IllegalStateException",
          "WrongThreadException",
          "LayersTest",
          "ServicesTest",
          "ApiTest",
          "ApiDocumentedTest",
          "CombinationTest",
          "Provided");

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
    named.removeAll(OTHERS);
    named.removeAll(simpleNames());
    assertThat(named).as("named by %s, and not there", page).isEmpty();
  }

  private static Set<String> simpleNames() throws IOException {
    Set<String> names = new HashSet<>();
    for (CompiledModule module : CompiledModule.all()) {
      for (ClassModel type : module.classes()) {
        String name = type.thisClass().asInternalName();
        names.add(name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('$')) + 1));
      }
    }
    return names;
  }
}
