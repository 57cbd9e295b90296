package dev.ferrule.cli.cert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslFinding;
import dev.ferrule.ssl.SslFinding.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * One thing in a file, such as a certificate: facts for people, facts for programs, and what is
 * wrong with it. What is told is safe for terminals. One thread.
 */
final class Item {
  /** Of names and the like: far more than a sound one has. */
  private static final int LONGEST = 500;

  /**
   * A fact for people.
   *
   * @param label what it is
   * @param text one line
   */
  record Line(String label, String text) {}

  private final ObjectNode json = JsonNodeFactory.instance.objectNode();
  private final List<Line> lines = new ArrayList<>();
  private final List<SslFinding> findings = new ArrayList<>();
  private final String title;

  /** {@code kind} is the word of the JSON. */
  Item(String kind, String title) {
    this.title = safe(title);
    json.put("kind", kind).put("title", this.title);
  }

  static String safe(Object stranger) {
    return SafeText.of(stranger, LONGEST);
  }

  String title() {
    return title;
  }

  /** A fact for people alone. */
  Item line(String label, String text) {
    lines.add(new Line(label, safe(text)));
    return this;
  }

  /** A fact for both. */
  Item fact(String label, String field, String text) {
    json.put(field, safe(text));
    return line(label, text);
  }

  /** Where facts for programs alone go. */
  ObjectNode json() {
    return json;
  }

  Item finding(Severity severity, String code, String sentence, String advice) {
    findings.add(new SslFinding(severity, code, safe(sentence), safe(advice)));
    return this;
  }

  List<Line> lines() {
    return lines;
  }

  /** The worst first. */
  List<SslFinding> findings() {
    return findings.stream().sorted(Comparator.comparing(SslFinding::severity).reversed()).toList();
  }

  /** All facts for programs, the findings among them. */
  ObjectNode toJson() {
    ObjectNode all = json.deepCopy();
    ArrayNode found = all.putArray("findings");
    for (SslFinding finding : findings()) {
      found
          .addObject()
          .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
          .put("code", finding.code())
          .put("sentence", finding.sentence())
          .put("advice", finding.advice());
    }
    return all;
  }
}
