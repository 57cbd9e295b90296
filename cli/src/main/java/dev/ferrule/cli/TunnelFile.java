package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.ferrule.host.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * A TOML file of tunnels: a table {@code [tunnel.NAME]} for each, whose keys are the options of the
 * command line without their dashes; above them those of the process. It is turned into arguments,
 * so that an option is described once and means the same in both places.
 */
final class TunnelFile {
  private static final String TUNNELS = "tunnel";
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST = 64 << 20;
  private static final String BYTE_ORDER_MARK = "\uFEFF"; // of some editors

  /** What stands in a table, and the arguments that it is turned into. */
  private record Table(Map<String, JsonNode> keys, List<String> arguments) {
    Table() {
      this(new LinkedHashMap<>(), new ArrayList<>());
    }
  }

  private final Path file;
  private final Table process;
  private final Map<String, Table> tunnels;

  private TunnelFile(Path file, Table process, Map<String, Table> tunnels) {
    this.file = file;
    this.process = process;
    this.tunnels = tunnels;
  }

  static TunnelFile read(Path file) {
    try {
      String text = text(file);
      return parse(file, text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      throw new ToolError(Exit.USAGE, file + " is not UTF-8, which TOML is", e);
    } catch (NoSuchFileException e) {
      throw new ToolError(Exit.USAGE, "there is no file " + file, e);
    } catch (JacksonException e) {
      throw new ToolError(Exit.USAGE, file + ", " + where(e) + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ToolError(Exit.USAGE, file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** A device or a pipe has no size, so that only reading tells. */
  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new ToolError(Exit.USAGE, file + " has more than 64 MiB");
      }
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  private static String where(JacksonException e) {
    return e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
  }

  private static TunnelFile parse(Path file, String text) throws IOException {
    JsonNode root = new TomlMapper().readTree(text);
    Table process = new Table();
    Map<String, Table> tunnels = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : root.properties()) {
      if (!each.getKey().equals(TUNNELS)) {
        option(file + ": ", each.getKey(), each.getValue(), process);
        continue;
      }
      if (!each.getValue().isObject()) {
        throw new ToolError(Exit.USAGE, file + ": a tunnel has a name, as in [tunnel.NAME]");
      }
      for (Map.Entry<String, JsonNode> tunnel : each.getValue().properties()) {
        requireName(file, tunnel.getKey());
        tunnels.put(tunnel.getKey(), options(file, tunnel.getKey(), tunnel.getValue()));
      }
    }
    if (tunnels.isEmpty()) {
      throw new ToolError(Exit.USAGE, file + " has no tunnel: begin one with [tunnel.NAME]");
    }
    return new TunnelFile(file, process, tunnels);
  }

  /** It stands between blanks in lines that programs read. */
  private static void requireName(Path file, String name) {
    boolean plain = !name.contains(" ") && SafeText.of(name, LONGEST_NAME).equals(name);
    if (name.isEmpty() || !plain) {
      throw new ToolError(
          Exit.USAGE,
          "%s: a name of a tunnel is at most %d characters without blanks, and '%s' is not"
              .formatted(file, LONGEST_NAME, SafeText.of(name, LONGEST_NAME)));
    }
  }

  private static Table options(Path file, String name, JsonNode table) {
    String place = file + " [tunnel." + name + "]: ";
    if (!table.isObject()) {
      throw new ToolError(Exit.USAGE, file + ": a tunnel has a name, as in [tunnel.NAME]");
    }
    Table options = new Table();
    table.properties().forEach(each -> option(place, each.getKey(), each.getValue(), options));
    return options;
  }

  private static void option(String place, String key, JsonNode value, Table table) {
    table.keys.put(key, value);
    List<String> to = table.arguments;
    if (value.isBoolean()) {
      if (value.asBoolean()) {
        to.add("--" + key);
      } else {
        to.add("--" + key + "=false"); // so that its name is checked
      }
    } else if (value.isEmpty() && value.isArray()) {
      throw new ToolError(Exit.USAGE, place + key + " is an empty list: leave it out");
    } else if (value.isArray()) {
      value.forEach(element -> {
        if (element.isContainerNode()) {
          throw new ToolError(Exit.USAGE, place + key + " is a list of texts");
        }
        to.add("--" + key + "=" + element.asText());
      });
    } else if (value.isObject()) {
      throw new ToolError(Exit.USAGE, place + key + " is no table");
    } else {
      to.add("--" + key + "=" + value.asText());
    }
  }

  /** The names of the tunnels, in the order of the file. */
  List<String> names() {
    return List.copyOf(tunnels.keySet());
  }

  /** Sets the options of the process. */
  void process(Description options) {
    set(file + ": ", options, process);
  }

  /** The arguments that the options of the process were given by. */
  List<String> processArguments() {
    return process.arguments;
  }

  /** The arguments of a tunnel. */
  List<String> arguments(String name) {
    return table(name).arguments;
  }

  private Table table(String name) {
    return tunnels.getOrDefault(name, new Table());
  }

  /** Sets the options of a tunnel. */
  void tunnel(String name, Description options) {
    set(file + " [tunnel." + name + "]: ", options, table(name));
  }

  private static void set(String place, Description options, Table table) {
    table.keys.forEach((key, value) -> require(place, options, key, value));
    CommandLine line = new CommandLine(options.spec()).setCaseInsensitiveEnumValuesAllowed(true);
    try {
      line.parseArgs(table.arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      String why = Misuse.sentence(e);
      throw new ToolError(Exit.USAGE, place + why.lines().findFirst().orElse(""), e);
    }
  }

  /** A key that is there, with a value of its kind; as an argument it could mean another option. */
  private static void require(String place, Description options, String key, JsonNode value) {
    OptionSpec option = options.spec().optionsMap().get("--" + key);
    if (option == null) {
      throw new ToolError(
          Exit.USAGE,
          place
              + "there is no '"
              + SafeText.of(key, LONGEST_NAME)
              + "'; did you mean "
              + nearest(key, options)
              + "?");
    }
    if (value.isBoolean() && !option.typeInfo().isBoolean()) {
      throw new ToolError(
          Exit.USAGE,
          place + key + " is no flag: it takes " + option.paramLabel() + ", and not " + value);
    }
  }

  /** The key whose letters differ least. */
  private static String nearest(String unknown, Description options) {
    return options.spec().options().stream()
        .map(option -> option.longestName().replaceFirst("^-+", ""))
        .min(Comparator.comparingInt(name -> distance(unknown, name)))
        .orElse("nothing");
  }

  /** Levenshtein's: letters to put in, take out or change. */
  private static int distance(String from, String to) {
    int[] row = IntStream.rangeClosed(0, to.length()).toArray();
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
