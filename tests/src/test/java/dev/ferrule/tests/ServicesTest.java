package dev.ferrule.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The module path finds providers by {@code provides}, the class path (the tool, the tests, most
 * users) by META-INF/services: a module says both, and the same.
 */
@Tag("once")
class ServicesTest {
  @Test
  void modulePathAndClassPathFindTheSameProviders() throws IOException {
    for (CompiledModule module : CompiledModule.all()) {
      Map<String, List<String>> provided = new TreeMap<>();
      module
          .descriptor()
          .provides()
          .forEach(provides -> provided.put(provides.service(), provides.providers()));
      Path classes = module.output();
      assertThat(services(classes)).as("META-INF/services in %s", classes).isEqualTo(provided);
    }
  }

  private static Map<String, List<String>> services(Path classes) throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    Path folder = classes.resolve("META-INF/services");
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          List<String> names = Files.readAllLines(file).stream().filter(l -> !l.isBlank()).toList();
          found.put(file.getFileName().toString(), names);
        }
      }
    }
    return found;
  }
}
