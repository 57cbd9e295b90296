package dev.ferrule.tests.recipes;

import dev.ferrule.tests.outside.Artifacts;
import dev.ferrule.tests.outside.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One block of Java of docs/recipes.md, docs/jfr.md or README.md. Its name is the title of its
 * section and its number there.
 */
record Recipe(String name, String text) {
  private static final List<String> PAGES = List.of("docs/recipes.md", "docs/jfr.md", "README.md");
  private static final Map<String, Recipe> ALL = read();

  static List<Recipe> all() {
    return List.copyOf(ALL.values());
  }

  static Recipe named(String name) {
    Recipe found = ALL.get(name);
    if (found == null) {
      throw new AssertionError("the pages have no recipe '" + name + "', but: " + ALL.keySet());
    }
    return found;
  }

  /** Whether it declares a method that other recipes call. */
  boolean isMethod() {
    return text.startsWith("/**");
  }

  private static Map<String, Recipe> read() {
    Map<String, Recipe> all = new LinkedHashMap<>();
    Map<String, Integer> numbers = new HashMap<>();
    for (Document.Part part : parts()) {
      if (part.kind().equals("java")) {
        String name = part.section() + " " + numbers.merge(part.section(), 1, Integer::sum);
        all.put(name, new Recipe(name, part.text()));
      }
    }
    return all;
  }

  private static List<Document.Part> parts() {
    try {
      List<Document.Part> parts = new ArrayList<>();
      for (String page : PAGES) {
        parts.addAll(Document.read(Artifacts.ROOT.resolve(page)).parts());
      }
      return parts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
