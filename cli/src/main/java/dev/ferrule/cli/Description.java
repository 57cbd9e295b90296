package dev.ferrule.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Describes a command to picocli in code. Annotations would take picocli about 50 ms to read at
 * each start.
 */
final class Description {
  private final CommandSpec spec;

  /** {@code body} is run: a Runnable, or a Callable whose result is the exit status. */
  Description(String name, Object body) {
    spec = CommandSpec.wrapWithoutInspection(body).name(name);
    spec.usageMessage().sortOptions(false);
  }

  CommandSpec spec() {
    return spec;
  }

  /** Sets the one-line summary and the longer description. */
  Description about(String header, String... text) {
    spec.usageMessage().header(header).description(text);
    return this;
  }

  /** Lists the exit statuses; each is a status, a colon and its meaning. */
  Description exits(String... statuses) {
    Map<String, String> meanings = new LinkedHashMap<>();
    for (String each : statuses) {
      int colon = each.indexOf(':');
      meanings.put(each.substring(0, colon), each.substring(colon + 1));
    }
    spec.usageMessage().exitCodeListHeading("%nExit status:%n").exitCodeList(meanings);
    return this;
  }

  Description examples(String... lines) {
    spec.usageMessage().footerHeading("%nExamples:%n").footer(lines);
    return this;
  }

  /** Adds a positional parameter. */
  Description parameter(String label, Consumer<String> set, String text) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .required(true)
            .type(String.class)
            .paramLabel(label)
            .description(text)
            .setter(new Field<>(set))
            .hasInitialValue(false)
            .build());
    return this;
  }

  /** Adds a positional parameter that may be repeated, or left out. */
  Description parameters(String label, Consumer<List<String>> set, String text) {
    Field<List<String>> field = new Field<>(set);
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0..*")
            .required(false)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel(label)
            .description(text)
            .getter(field)
            .setter(field)
            .hasInitialValue(false)
            .build());
    return this;
  }

  /** Adds a command below this one. */
  Description below(Description command) {
    spec.addSubcommand(command.spec().name(), command.spec());
    return this;
  }

  /** {@code names} has spaces between them. */
  Description flag(String names, Consumer<Boolean> set, String text) {
    return add(option(names, boolean.class, set).description(text));
  }

  /** Adds the flag that only shows the usage of the command. */
  Description help(String names, String text) {
    return add(option(names, boolean.class, _ -> {}).usageHelp(true).description(text));
  }

  /** As {@link #help}, for the version. */
  Description version(String names, String text) {
    return add(option(names, boolean.class, _ -> {}).versionHelp(true).description(text));
  }

  Description text(String names, String label, Consumer<String> set, String text) {
    return value(names, label, String.class, set, text);
  }

  Description file(String names, String label, Consumer<Path> set, String text) {
    return value(names, label, Path.class, set, text);
  }

  <V> Description value(String names, String label, Class<V> type, Consumer<V> set, String text) {
    return add(option(names, type, set).paramLabel(label).description(text));
  }

  <V> Description required(
      String names, String label, Class<V> type, Consumer<V> set, String text) {
    return add(option(names, type, set).required(true).paramLabel(label).description(text));
  }

  /** May be repeated; with {@code separator}, one may also name several. */
  Description list(
      String names, String label, String separator, Consumer<List<String>> set, String text) {
    Field<List<String>> field = new Field<>(set);
    OptionSpec.Builder option =
        OptionSpec.builder(names.split(" "))
            .type(List.class)
            .auxiliaryTypes(String.class)
            .getter(field)
            .setter(field)
            .hasInitialValue(false)
            .paramLabel(label)
            .description(text);
    return add(separator.isEmpty() ? option : option.splitRegex(separator));
  }

  private Description add(OptionSpec.Builder option) {
    spec.addOption(option.build());
    return this;
  }

  private static <V> OptionSpec.Builder option(String names, Class<V> type, Consumer<V> set) {
    return OptionSpec.builder(names.split(" "))
        .type(type)
        .setter(new Field<>(set))
        .hasInitialValue(false); // keeps the field's own default
  }

  /**
   * Stores the value that picocli parsed, and returns the list to which it adds repeated values.
   */
  private static final class Field<V> implements ISetter, IGetter {
    private final Consumer<V> set;
    private @Nullable Object value;

    Field(Consumer<V> set) {
      this.set = set;
    }

    @Override
    @SuppressWarnings("unchecked") // picocli converted it to the declared type
    public <T> T set(T fresh) {
      value = fresh;
      set.accept((V) fresh);
      return fresh;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"}) // as picocli's is
    public <T> T get() {
      return (T) value;
    }
  }
}
