package dev.ferrule.cli;

import java.util.ArrayList;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of a command, in the language of man(7), from the same words as its help. */
final class ManPage {
  private final StringBuilder roff = new StringBuilder();
  private final CommandSpec command;

  private ManPage(CommandSpec command) {
    this.command = command;
  }

  /** The name of the file, such as {@code ferrule-check.1}. */
  static String file(CommandSpec command) {
    return name(command) + ".1";
  }

  private static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  /** {@code version}: of the tool, as {@code 0.1.0}. */
  static String of(CommandSpec command, String version) {
    return new ManPage(command).page(version);
  }

  private String page(String version) {
    String title = name(command).toUpperCase(Locale.ROOT);
    roff.append(".TH \"").append(title).append("\" 1 \"\" \"ferrule ").append(version);
    roff.append("\" \"Ferrule\"\n.SH NAME\n").append(escaped(name(command))).append(" \\- ");
    roff.append(escaped(summary())).append('\n');
    synopsis();
    section("DESCRIPTION", String.join("\n", command.usageMessage().description()));
    parameters();
    exits();
    examples();
    seeAlso();
    return roff.toString();
  }

  private String summary() {
    String[] header = command.usageMessage().header();
    String[] text = header.length == 0 ? command.usageMessage().description() : header;
    String first = text.length == 0 ? "" : formatted(text[0]).strip();
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  private void synopsis() {
    roff.append(".SH SYNOPSIS\n.B ").append(escaped(command.qualifiedName()));
    roff.append("\n[\\fIOPTION\\fR]...");
    for (PositionalParamSpec each : command.positionalParameters()) {
      roff.append(" \\fI").append(escaped(each.paramLabel())).append("\\fR");
      roff.append(each.arity().isVariable() ? "..." : "");
    }
    roff.append(command.subcommands().isEmpty() ? "\n" : " \\fICOMMAND\\fR\n");
  }

  private void section(String heading, String text) {
    String plain = formatted(text).strip();
    if (!plain.isEmpty()) {
      roff.append(".SH ").append(heading).append('\n').append(paragraphs(plain));
    }
  }

  private void parameters() {
    List<String> entries = new ArrayList<>();
    for (PositionalParamSpec each : command.positionalParameters()) {
      entries.add(entry("\\fI" + escaped(each.paramLabel()) + "\\fR", each.description()));
    }
    for (OptionSpec each : command.options()) {
      entries.add(entry(names(each), described(each)));
    }
    command
        .subcommands()
        .forEach((name, each) ->
            entries.add(
                entry(
                    "\\fB" + escaped(name) + "\\fR",
                    each.getCommandSpec().usageMessage().header())));
    if (!entries.isEmpty()) {
      roff.append(".SH OPTIONS\n").append(String.join("", entries));
    }
  }

  private static String names(OptionSpec option) {
    String names =
        List.of(option.names()).stream()
            .map(name -> "\\fB" + escaped(name) + "\\fR")
            .collect(Collectors.joining(", "));
    boolean flag = option.arity().max() == 0;
    return flag ? names : names + "=\\fI" + escaped(option.paramLabel()) + "\\fR";
  }

  private static String[] described(OptionSpec option) {
    Iterable<String> words = option.completionCandidates();
    String joined = words == null ? "" : String.join(", ", words);
    return List.of(option.description()).stream()
        .map(line -> line.replace("${COMPLETION-CANDIDATES}", joined))
        .toArray(String[]::new);
  }

  private static String entry(String label, String[] text) {
    return ".TP\n" + label + "\n" + escapedLines(formatted(String.join("\n", text)).strip()) + "\n";
  }

  private void exits() {
    Map<String, String> meanings = command.usageMessage().exitCodeList();
    if (!meanings.isEmpty()) {
      roff.append(".SH EXIT STATUS\n");
      meanings.forEach((status, meaning) ->
          roff.append(entry("\\fB" + status.strip() + "\\fR", new String[] {meaning})));
    }
  }

  private void examples() {
    String[] lines = command.usageMessage().footer();
    if (lines.length > 0) {
      roff.append(".SH EXAMPLES\n.nf\n");
      for (String line : lines) {
        roff.append(escapedLines(formatted(line).strip())).append('\n');
      }
      roff.append(".fi\n");
    }
  }

  private void seeAlso() {
    CommandSpec above = command.parent();
    if (above != null) {
      roff.append(".SH SEE ALSO\n.BR ").append(escaped(name(above))).append(" (1)\n");
    } else {
      roff.append(".SH SEE ALSO\n");
      roff.append(
          command.subcommands().values().stream()
              .map(each -> ".BR " + escaped(name(each.getCommandSpec())) + " (1)")
              .collect(Collectors.joining(",\n", "", "\n")));
    }
  }

  /** As picocli shows it: %n is an end of line, %% a percent sign. */
  private static String formatted(String text) {
    try {
      return text.formatted();
    } catch (IllegalFormatException e) {
      return text; // as picocli takes it, too
    }
  }

  private static String paragraphs(String text) {
    return text.lines()
        .map(line -> line.isBlank() ? ".PP" : escapedLines(line.strip()))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** A point or an apostrophe at the beginning of a line would be a command. */
  private static String escapedLines(String text) {
    return escaped(text)
        .lines()
        .map(line -> line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line)
        .collect(Collectors.joining("\n"));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e")
        .replace("-", "\\-")
        .replace("'", "\\(aq")
        .replace("`", "\\(ga");
  }
}
