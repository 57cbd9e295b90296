package dev.ferrule.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Which fields JSON has, and of which types: those of docs/cert.md and those that are told. */
final class JsonShape {
  private JsonShape() {}

  static Set<String> of(JsonNode root) {
    Set<String> shape = new TreeSet<>();
    collect("", root, shape);
    return shape;
  }

  /** Of the block of the docs behind the line {@code <!-- NAME -->}. */
  static Set<String> documented(String name) throws IOException {
    String docs = Files.readString(Path.of("..", "docs", "cert.md"));
    int from = docs.indexOf("```json\n", docs.indexOf("<!-- " + name + " -->")) + 8;
    return of(new JsonMapper().readTree(docs.substring(from, docs.indexOf("```", from))));
  }

  private static void collect(String path, JsonNode node, Set<String> to) {
    if (node.isArray()) {
      node.forEach(each -> collect(path + "[]", each, to));
    } else if (node.isObject()) {
      node.properties().forEach(each -> collect(path + "." + each.getKey(), each.getValue(), to));
    } else {
      to.add(path + " " + node.getNodeType());
    }
  }
}
