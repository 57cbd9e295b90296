package dev.ferrule.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Timespan;
import jdk.jfr.ValueDescriptor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tables of docs/jfr.md are those of the classes of the events. */
@Tag("once")
class FlightPageTest {
  private static final String PACKAGE = "dev.ferrule.jfr";

  /** What every event has, by the recorder. */
  private static final List<String> EVERY =
      List.of("startTime", "duration", "eventThread", "stackTrace");

  @Test
  void the_page_has_a_table_of_the_fields_of_each_event() throws IOException {
    List<String> lines = Files.readAllLines(CompiledModule.ROOT.resolve("docs/jfr.md"));
    for (EventType type : types()) {
      int at = lines.indexOf("### " + type.getName());
      assertThat(at).as("a section of " + type.getName()).isNotNegative();
      List<String> section = new ArrayList<>(lines.subList(at + 1, lines.size()));
      int next = 0;
      while (next < section.size() && !section.get(next).startsWith("#")) {
        next++;
      }
      assertThat(section.subList(0, next).stream().filter(line -> line.startsWith("| `")))
          .as(type.getName())
          .containsExactlyElementsOf(rows(type));
    }
    assertThat(lines.stream().filter(line -> line.startsWith("### dev.ferrule.")))
        .as("no section of what there is not")
        .hasSameSizeAs(types());
  }

  private static List<String> rows(EventType type) {
    List<String> rows = new ArrayList<>();
    for (ValueDescriptor field : type.getFields()) {
      if (!EVERY.contains(field.getName())) {
        String description = field.getDescription();
        String label = field.getLabel();
        rows.add(
            "| `%s` | %s | %s |"
                .formatted(
                    field.getName(), unit(field), description == null ? label : description));
      }
    }
    return rows;
  }

  private static String unit(ValueDescriptor field) {
    if (field.getAnnotation(Timespan.class) != null) {
      return "time";
    }
    if (field.getAnnotation(DataAmount.class) != null) {
      return "bytes";
    }
    return switch (field.getTypeName()) {
      case "java.lang.String" -> "text";
      case "boolean" -> "yes or no";
      default -> "number";
    };
  }

  @Test
  void every_event_has_a_label_a_description_and_no_stack_trace_and_a_name_of_its_own() {
    assertThat(types().stream().map(EventType::getName))
        .containsExactlyElementsOf(Flight.NAMES.stream().sorted().toList());
    for (EventType type : types()) {
      assertThat(type.getLabel()).isNotBlank();
      assertThat(type.getDescription()).isNotBlank();
      assertThat(type.getCategoryNames()).containsExactly("Ferrule");
      assertThat(type.getSettingDescriptors())
          .as(type.getName())
          .filteredOn(setting -> setting.getName().equals("stackTrace"))
          .allMatch(setting -> setting.getDefaultValue().equals("false"));
      assertThat(type.getFields()).allMatch(field -> field.getLabel() != null);
    }
  }

  private static List<EventType> types() {
    Path folder = CompiledModule.ROOT.resolve("core/target/classes/dev/ferrule/jfr");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".class") && !name.startsWith("package-info"))
          .map(name -> loaded(PACKAGE + "." + name.substring(0, name.length() - 6)))
          .filter(Event.class::isAssignableFrom)
          .map(type -> EventType.getEventType(type.asSubclass(Event.class)))
          .sorted(Comparator.comparing(EventType::getName))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Class<?> loaded(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
