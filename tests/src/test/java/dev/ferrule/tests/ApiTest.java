package dev.ferrule.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The public API is what docs/api.txt says, names nothing that is hidden, and is documented. */
@Tag("once")
class ApiTest {
  private static final Path KEPT = CompiledModule.ROOT.resolve("docs/api.txt");
  private static final Path FOUND = CompiledModule.ROOT.resolve("tests/target/api.txt");

  private static final Pattern TYPE = Pattern.compile("dev\\.ferrule\\.[\\w.]+");

  /**
   * Constructors that only the library's own modules can call, for no program can name what they
   * take: a subclass or a test kit in another module needs them to be public or protected.
   */
  private static final Set<String> OWN =
      Set.of(
          "protected TcpSocket(dev.ferrule.connection.Transport)",
          "protected Proxy(dev.ferrule.Proxy, dev.ferrule.connection.Transport)",
          "public LoopSetup(dev.ferrule.loop.LoopSettings)");

  @Test
  void the_public_api_is_the_one_that_is_written_down() throws IOException {
    List<String> found = text();
    Files.write(FOUND, found);
    List<String> kept = Files.readAllLines(KEPT);
    assertThat(found.equals(kept))
        .as(
            "the public API has changed:%n%s%nIf that is meant, say so in CHANGELOG.md and renew"
                + " the file: cp tests/target/api.txt docs/api.txt",
            String.join("\n", differences(kept, found)))
        .isTrue();
  }

  @Test
  void signatures_name_only_what_is_exported() throws IOException {
    List<ApiLine> lines = new ArrayList<>();
    Set<String> types = new HashSet<>();
    for (CompiledModule module : CompiledModule.all()) {
      Api api = Api.of(module);
      lines.addAll(api.lines());
      types.addAll(api.types());
    }
    assertThat(lines).hasSizeGreaterThan(100);
    Set<String> wrong = new TreeSet<>();
    for (ApiLine line : lines) {
      for (String name : line.named()) {
        if (!types.contains(name) && !isOfJava(name) && !OWN.contains(line.text())) {
          wrong.add(line.type() + ": " + line.text() + " names " + name);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void javadoc_leaves_out_what_is_exported_to_some_modules_only() throws IOException {
    Set<String> hidden = new TreeSet<>();
    for (CompiledModule module : CompiledModule.all()) {
      hidden.addAll(module.exportedToSome());
    }
    String pom = Files.readString(CompiledModule.ROOT.resolve("pom.xml"));
    assertThat(pom)
        .contains("<excludePackageNames>" + String.join(":", hidden) + "</excludePackageNames>");
  }

  private static boolean isOfJava(String type) {
    return type.startsWith("java.") || type.startsWith("javax.");
  }

  private static List<String> text() throws IOException {
    List<String> text = new ArrayList<>();
    text.add("# The public API. ApiTest compares it with the compiled classes.");
    for (CompiledModule module : CompiledModule.all()) {
      Api api = Api.of(module);
      if (!api.types().isEmpty()) {
        text.add("");
        text.add("module " + module.descriptor().name());
      }
      String type = "";
      for (ApiLine line : api.lines()) {
        if (!line.type().equals(type)) {
          text.add("");
          text.add(line.text());
        } else {
          text.add("  " + line.text());
        }
        type = line.type();
      }
    }
    return text;
  }

  /** The lines that only one of the two has, members with the name of their type. */
  private static List<String> differences(List<String> kept, List<String> found) {
    List<String> differences = new ArrayList<>();
    Set<String> before = withTypes(kept);
    Set<String> after = withTypes(found);
    before.stream().filter(line -> !after.contains(line)).forEach(l -> differences.add("- " + l));
    after.stream().filter(line -> !before.contains(line)).forEach(l -> differences.add("+ " + l));
    return differences;
  }

  private static Set<String> withTypes(List<String> text) {
    Set<String> lines = new TreeSet<>();
    String type = "";
    for (String line : text) {
      if (line.startsWith("  ")) {
        lines.add(type + ":" + line.substring(1));
      } else {
        Matcher name = TYPE.matcher(line);
        type = name.find() ? name.group() : "";
        lines.add(line);
      }
    }
    return lines;
  }
}
