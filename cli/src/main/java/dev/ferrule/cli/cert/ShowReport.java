package dev.ferrule.cli.cert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ferrule.ssl.SslFinding;
import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.keys.Source;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Some files explained: as text, or as JSON whose shape docs/cert.md tells. One thread. */
public final class ShowReport {
  private final ShowSettings settings;
  private final List<ShownFile> files = new ArrayList<>();

  /** Of no file yet. */
  public ShowReport(ShowSettings settings) {
    this.settings = settings;
  }

  /** Reads a file; what is wrong with it is told with the others. */
  public void add(Path file) {
    files.add(ShownFile.read(file, settings));
  }

  /** Takes what came from elsewhere. */
  public void add(String name, Supplier<byte[]> bytes) {
    files.add(ShownFile.of(name, () -> Source.of(name, bytes.get()), settings));
  }

  /** Compares the files with each other, once all are there. */
  public void compare() {
    Comparison.of(files);
  }

  /** Why files cannot be told of, a sentence each. */
  public List<String> unreadable() {
    return files.stream().map(ShownFile::error).filter(Objects::nonNull).toList();
  }

  /** What is wrong, a line each, with the name of the file. */
  public List<String> errors() {
    List<String> lines = new ArrayList<>();
    for (ShownFile file : files) {
      for (Entry entry : file.entries()) {
        entry.item().findings().stream()
            .filter(finding -> finding.severity() == Severity.ERROR)
            .forEach(finding ->
                lines.add(file.name() + ": " + entry.item().title() + ": " + sentence(finding)));
      }
    }
    return lines;
  }

  /** How many findings of a severity there are; a file that cannot be read is an error. */
  public long count(Severity severity) {
    long found =
        files.stream()
            .flatMap(file -> file.entries().stream())
            .flatMap(entry -> entry.item().findings().stream())
            .filter(finding -> finding.severity() == severity)
            .count();
    return severity == Severity.ERROR ? found + unreadable().size() : found;
  }

  /** For people. */
  public void print(PrintStream out) {
    for (ShownFile file : files) {
      if (file.error() == null) {
        out.println(file.name());
        int number = 0;
        for (Entry entry : file.entries()) {
          print(entry.item(), file.entries().size() == 1 ? "" : ++number + ". ", out);
        }
        out.println();
      }
    }
    long errors = count(Severity.ERROR);
    long warnings = count(Severity.WARNING);
    out.println(
        errors + warnings == 0
            ? "nothing is wrong"
            : "%d %s, %d %s"
                .formatted(
                    errors,
                    errors == 1 ? "error" : "errors",
                    warnings,
                    warnings == 1 ? "warning" : "warnings"));
  }

  private static void print(Item item, String number, PrintStream out) {
    out.println("  " + number + item.title());
    for (Item.Line line : item.lines()) {
      out.printf("    %-11s %s%n", line.label(), line.text());
    }
    for (SslFinding finding : item.findings()) {
      out.printf("    %-11s %s%n", label(finding.severity()), sentence(finding));
    }
  }

  private static String label(Severity severity) {
    return switch (severity) {
      case ERROR -> "ERROR";
      case WARNING -> "WARNING";
      case INFO -> "note";
    };
  }

  private static String sentence(SslFinding finding) {
    return finding.advice().isEmpty() ? finding.sentence() : finding.toString();
  }

  /** For programs. */
  public ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("time", settings.now().toString());
    root.put("errors", count(Severity.ERROR)).put("warnings", count(Severity.WARNING));
    ArrayNode all = root.putArray("files");
    for (ShownFile file : files) {
      ObjectNode each = all.addObject();
      each.put("file", file.name()).put("form", file.form()).put("error", file.error());
      ArrayNode items = each.putArray("items");
      file.entries().forEach(entry -> items.add(entry.item().toJson()));
    }
    return root;
  }
}
